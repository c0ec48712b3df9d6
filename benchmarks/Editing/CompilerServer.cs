using System.Diagnostics;
using static System.FormattableString;

namespace Blockwright.Benchmarks.Editing;

/// <summary>A compiler server under a name of its own: it serves nobody else, and no other serves these builds.</summary>
internal sealed class CompilerServer : IDisposable
{
    private readonly string _name = Invariant($"blockwright-editing-{Environment.ProcessId}");
    private readonly string _program;
    private readonly Process _process;

    private CompilerServer(string program)
    {
        _program = program;
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, $"-pipename:{_name}"]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("dotnet does not start.");
        // Nobody reads what it writes.
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What makes a build use it. Nodes of MSBuild are not kept, so that nothing but the compiler is warm.</summary>
    public string[] Arguments => ["-p:UseSharedCompilation=true", $"-p:SharedCompilationId={_name}", "-nodeReuse:false"];

    /// <summary>Starts the one of the SDK that builds the project.</summary>
    public static CompilerServer Start(SyntheticProject project) =>
        new(Path.Combine(Commandline.Output(project.Folder, "msbuild", project.File, "-getProperty:RoslynTargetsPath").Trim(), "bincore", "VBCSCompiler.dll"));

    /// <summary>Throws if it was not the one that compiled: a build that cannot reach its server starts a compiler anew, and says nothing.</summary>
    public void CheckItCompiled(int builds)
    {
        if (_process.HasExited || _process.TotalProcessorTime < TimeSpan.FromSeconds(0.2 * builds))
            throw new InvalidOperationException("The compiler server has not compiled the builds that were to be measured with it.");
    }

    public void Dispose()
    {
        // Asked, it takes its pipe away with it.
        Commandline.Dotnet(new DirectoryInfo(Path.GetDirectoryName(_program)!), _program, $"-pipename:{_name}", "-shutdown");
        if (!_process.WaitForExit(TimeSpan.FromSeconds(30)))
            _process.Kill();
        _process.Dispose();
    }
}
