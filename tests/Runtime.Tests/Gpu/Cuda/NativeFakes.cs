using System.Diagnostics;
using Blockwright.Runtime.Tests.Weights;

namespace Blockwright.Runtime.Tests.Gpu.Cuda;

/// <summary>Compiles libraries to lay into folders; skips where there is no C compiler.</summary>
internal static class NativeFakes
{
    public static void Compile(string source, string target, params string[] defines)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The libraries' names are Linux's.");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var path = Path.Combine(TestFolder.RepositoryRoot, "tests", "Runtime.Tests", "Gpu", "Cuda", "Native", source);
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", .. defines.Select(static define => "-D" + define), path, "-o", target]) { RedirectStandardError = true })!;
            var said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip.If(true, "There is no C compiler on this machine (cc).");
        }
    }

    public static void Nvrtc(string target, int major, int minor, string architectures, params string[] more) =>
        Compile("fake_nvrtc.c", target, [$"MAJOR={major}", $"MINOR={minor}", $"ARCHITECTURES={architectures}", .. more]);
}
