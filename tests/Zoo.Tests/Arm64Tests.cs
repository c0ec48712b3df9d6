using System.Diagnostics;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Blockwright.Zoo.Tests;

/// <summary>
/// Kernels of ARM64, on its own instructions: a program that runs snapshots is published for it, qemu runs that, and what it computes is what torch does here.
/// </summary>
public sealed class Arm64Tests(Arm64Tests.Program program) : IClassFixture<Arm64Tests.Program>
{
    // Pointwise and depthwise of 3 x 3 and 5 x 5, gates, large windows and Winograd's, groups, and many runs.
    [SkippableTheory]
    [InlineData("ShuffleNetV2_x0_5", 64, "AdvSimd", 2)]
    [InlineData("ShuffleNetV2_x0_5", 64, "Portable", 1)]
    [InlineData("MobileNetV3Small", 64, "AdvSimd", 1)]
    [InlineData("MnasNet1_0", 64, "AdvSimd", 2)]
    [InlineData("ResNet18", 64, "AdvSimd", 1)]
    [InlineData("ResNeXt50_32x4d", 32, "AdvSimd", 1)]
    [InlineData("DenseNet121", 32, "AdvSimd", 2)]
    public void WhatItComputesIsTorchs(string name, int side, string set, int threads)
    {
        Skip.IfNot(Program.IsRequired, "qemu is no machine for .NET, and ends such a program now and then: asked for by BLOCKWRIGHT_ARM64=required.");
        Assert.True(Program.IsThere, Program.Missing);
        var folder = Directory.CreateTempSubdirectory("blockwright-arm64-");
        try
        {
            var (snapshot, input, output) = (Path.Combine(folder.FullName, "net.safetensors"), Path.Combine(folder.FullName, "input"), Path.Combine(folder.FullName, "output"));
            var expected = Save(name, side, snapshot, input);

            Assert.Equal($"Arm64 {set}", program.Run(name, snapshot, $"{side}", set, $"{threads}", input, output));

            var found = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(output)).ToArray();
            Assert.Equal(expected.Length, found.Length);
            Assert.InRange(expected.Zip(found, static (e, f) => Math.Abs(e - f)).Max() / expected.Max(Math.Abs), 0, 1e-5);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Saves a snapshot and an input, and gives what torch makes of it in float64.</summary>
    private static double[] Save(string name, int side, string snapshot, string input)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        using var network = Animals.Create(name);
        network.eval();
        // Statistics as they are after training, not 0 and 1.
        foreach (var (key, buffer) in network.named_buffers().Where(static each => each.name.EndsWith("running_mean", StringComparison.Ordinal) || each.name.EndsWith("running_var", StringComparison.Ordinal)))
            buffer.uniform_(key.EndsWith("var", StringComparison.Ordinal) ? 0.5 : -0.5, key.EndsWith("var", StringComparison.Ordinal) ? 1.5 : 0.5);
        using var fused = network.Fuse();
        fused.Save(snapshot);
        var image = torch.randn(1, 3, side, side);
        File.WriteAllBytes(input, MemoryMarshal.AsBytes<float>(image.data<float>().ToArray()).ToArray());
        return network.to(torch.float64).forward(image.to(torch.float64)).data<double>().ToArray();
    }

    /// <summary>The program, published once.</summary>
    public sealed class Program : IDisposable
    {
        private const string Emulator = "/usr/bin/qemu-aarch64";
        private const string Libraries = "/usr/aarch64-linux-gnu"; // of Debian's libc6-arm64-cross and libstdc++6-arm64-cross

        private readonly Lazy<string> _folder = new(Publish);

        public static bool IsThere => File.Exists(Emulator) && File.Exists($"{Libraries}/lib/libstdc++.so.6");

        public static bool IsRequired => Environment.GetEnvironmentVariable("BLOCKWRIGHT_ARM64") == "required";

        public static string Missing => $"{Emulator} or {Libraries}/lib/libstdc++.so.6 is missing: qemu-user, libc6-arm64-cross and libstdc++6-arm64-cross.";

        /// <summary>What it prints.</summary>
        public string Run(params string[] arguments) => Start(Emulator, ["-L", Libraries, Path.Combine(_folder.Value, "blockwright-arm64"), .. arguments]).Trim();

        public void Dispose()
        {
            if (_folder.IsValueCreated)
                Directory.Delete(_folder.Value, recursive: true);
        }

        private static string Publish()
        {
            var folder = Directory.CreateTempSubdirectory("blockwright-arm64-program-").FullName;
            var project = Path.Combine(RepositoryRoot(), "tests", "Arm64", "Arm64.csproj");
            Start("dotnet", ["publish", project, "-c", "Release", "-r", "linux-arm64", "--self-contained", "-o", folder, "-v", "q", "-nodeReuse:false"]);
            return folder;
        }

        private static string RepositoryRoot()
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Generator.sln")))
                folder = folder.Parent ?? throw new InvalidOperationException($"No Generator.sln stands above {AppContext.BaseDirectory}.");
            return folder.FullName;
        }

        private static string Start(string program, string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            // What the test host sets for itself must not reach a build.
            foreach (var variable in start.Environment.Keys.Where(static key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
                start.Environment.Remove(variable);
            // .NET is not made for qemu: where a collection or the JIT's own thread stops others, their registers may be lost. So there is no collection, and nothing is compiled behind the program's back.
            if (program == Emulator)
            {
                foreach (var (name, value) in new[] { ("DOTNET_gcConcurrent", "0"), ("DOTNET_GCgen0size", "0x30000000"), ("DOTNET_TieredCompilation", "0"), ("DOTNET_PROCESSOR_COUNT", "1") })
                    start.Environment[name] = value;
            }
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{errors.GetAwaiter().GetResult()}");
            return output;
        }
    }
}
