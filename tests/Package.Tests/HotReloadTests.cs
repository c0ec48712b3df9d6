using System.Diagnostics;
using System.Threading.Channels;

namespace Blockwright.Package.Tests;

/// <summary>A declaration is changed while <c>dotnet watch</c> runs the program: the modules that are made from then on, their plans and costs are the new ones, in the same process.</summary>
[Collection(nameof(PackedPackage))]
public sealed class HotReloadTests(PackedPackage package)
{
    private const string Declaration = """
        using Blockwright;

        [Block]
        [Conv2d("out", 3), BatchNorm2d, ReLU]
        public partial class Unit;

        [Network, Input(3, 32, 32)]
        [Conv2d(16, 3, Stride = 2), BatchNorm2d, ReLU]
        [Apply<Unit>(Channels = 24)]
        [GlobalAvgPool2d, Linear(10)]
        public partial class Net;
        """;

    // Fuse() runs the plan, forward the layers: the two agree where both are of one declaration.
    private const string Program = """
        while (true)
        {
            try
            {
                using var net = new Net();
                net.eval();
                using var fused = net.Fuse();
                using var image = TorchSharp.torch.randn(1, 3, 32, 32);
                using var expected = net.call(image);
                using var result = fused.call(image);
                Console.WriteLine($"{Environment.ProcessId}: {Net.Cost.Parameters} {net.parameters().Sum(each => each.numel())} {TorchSharp.torch.allclose(result, expected, 1e-3, 1e-5)}");
            }
            catch (NullReferenceException)
            {
                // The change came between a module's constructor and its forward, which asks for a layer more.
            }
            Thread.Sleep(100);
        }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task AChangedNumberReachesTheRunningProgram()
    {
        var folder = package.NewProject(Program);
        var file = Path.Combine(folder, "Net.cs");
        await File.WriteAllTextAsync(file, Declaration);
        Command.Dotnet(folder, "build", "--nologo");

        using var watch = new Watch(folder);
        var process = await watch.Says("4218 4218 True");
        foreach (var (from, to, parameters) in new[]
        {
            ("Conv2d(16, 3", "Conv2d(20, 3", 5198), // a number of the network's own
            ("Conv2d(\"out\", 3)", "Conv2d(\"out\", 1)", 1358), // of a block
            ("Channels = 24", "Channels = 32", 1614), // of a use
            ("Linear(10)", "Linear(20), ReLU, Linear(10)", 2154), // and a layer more
        })
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.Contains(from, text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(file, text.Replace(from, to, StringComparison.Ordinal));
            Assert.Equal(process, await watch.Says($"{parameters} {parameters} True"));
        }
    }

    /// <summary>dotnet watch, with the program that it runs.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly Process _process;
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
        private readonly List<string> _said = [];

        public Watch(string folder)
        {
            _process = Command.Start(folder, "dotnet", "watch", "--non-interactive", "run", "--no-restore");
            _process.OutputDataReceived += (_, line) => Take(line.Data);
            _process.ErrorDataReceived += (_, line) => Take(line.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        /// <summary>Waits for a line of the program that ends so, and gives what stands before: its process.</summary>
        public async Task<string> Says(string end)
        {
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                while (true)
                {
                    var line = await _lines.Reader.ReadAsync(patience.Token);
                    _said.Add(line);
                    if (line.EndsWith($": {end}", StringComparison.Ordinal))
                        return line[..line.IndexOf(':', StringComparison.Ordinal)];
                }
            }
            catch (OperationCanceledException)
            {
                throw new Xunit.Sdk.XunitException($"Nobody said '{end}':\n{string.Join('\n', _said.TakeLast(60))}");
            }
        }

        public void Dispose()
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
        }

        private void Take(string? line)
        {
            if (line is not null)
                _lines.Writer.TryWrite(line);
        }
    }
}
