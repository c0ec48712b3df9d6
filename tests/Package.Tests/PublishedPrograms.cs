namespace Blockwright.Package.Tests;

/// <summary>Two programs around one network: one makes it with torch, takes a snapshot and saves it; the other one loads that and knows no torch.</summary>
public sealed class PublishedPrograms
{
    private const string Network = """
        namespace Served
        {
            [Block, Split("keep", "work")]
            [From("work", Name = "branch2"), Conv1x1, BatchNorm2d, ReLU, DepthwiseConv2d(3), BatchNorm2d, Conv1x1, BatchNorm2d, ReLU]
            [Concat("keep", "work"), ChannelShuffle(2)]
            public partial class Unit;

            [Network, Input(3, 32, 32), Conv2d(24, 3, Stride = 2), BatchNorm2d, ReLU, Stage<Unit>("stage", Units = 2), Conv1x1(32), BatchNorm2d, SiLU, GlobalAvgPool2d, Linear(10)]
            public partial class Net;

            public static class Shared
            {
                public static float[] Input { get; } = [.. Enumerable.Range(0, 2 * 3 * 32 * 32).Select(static i => (((i * 37) % 101) / 50f) - 1)];

                public static void Print(string what, ReadOnlySpan<float> values) =>
                    Console.WriteLine($"{what}: {string.Join(' ', values.ToArray().Select(static value => value.ToString("R", CultureInfo.InvariantCulture)))}");

                public static void Load(string file)
                {
                    using var network = Net.LoadFused(file);
                    var output = new float[2 * 10];
                    network.Run(Input, output, 2);
                    Print($"loaded, {Blockwright.Kernels.InstructionSets.Best}", output);
                }
            }
        }
        """;

    private const string ProgramWithTorch = """
        using System.Globalization;
        using Blockwright;
        using Served;
        using TorchSharp;

        torch.random.manual_seed(1);
        using var network = new Net();
        network.eval();
        using var input = torch.tensor(Shared.Input, [2, 3, 32, 32]);
        using var output = network.forward(input);
        Shared.Print("module", output.data<float>().ToArray());
        using var fused = network.Fuse();
        using var same = fused.call(input);
        Shared.Print("snapshot", same.data<float>().ToArray());
        Console.WriteLine(string.Join(' ', network.state_dict().Keys));
        network.ExportOnnx(args[0] + ".onnx");
        Console.WriteLine($"onnx: {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(args[0] + ".onnx")))}");
        fused.Save(args[0]);
        Shared.Load(args[0]);

        """;

    private const string ProgramWithoutTorch = """
        using System.Globalization;
        using Blockwright;
        using Served;

        Shared.Load(args[0]);

        """;

    public PublishedPrograms(PackedPackage package)
    {
        var withOnnx = $"""<PackageReference Include="{PackedPackage.NativeTorch}" Version="2.10.0" /><PackageReference Include="Blockwright.Onnx" Version="{package.Version}" />""";
        WithTorch = new(package.NewProject(ProgramWithTorch + Network, torch: withOnnx, name: "WithTorch"));
        WithoutTorch = new(package.NewProject(ProgramWithoutTorch + Network, torch: """<PackageReference Include="TorchSharp" Version="0.107.0" ExcludeAssets="native" />""", name: "WithoutTorch"));
        FusedFile = Path.Combine(WithTorch.Folder, "fused.safetensors");
        Expected = WithTorch.RunPlainly(FusedFile);
        ExpectedWithoutTorch = Expected[Expected.IndexOf("loaded", StringComparison.Ordinal)..];
    }

    internal PublishedProgram WithTorch { get; }

    internal PublishedProgram WithoutTorch { get; }

    /// <summary>What the program with torch saves, and the other one loads.</summary>
    public string FusedFile { get; }

    /// <summary>What the program with torch prints when it is simply built and run.</summary>
    public string Expected { get; }

    /// <summary>What is the other one's of it.</summary>
    public string ExpectedWithoutTorch { get; }
}

/// <summary>A project that is published in one form after another.</summary>
internal sealed class PublishedProgram(string folder)
{
    public string Folder => folder;

    public string RunPlainly(string argument)
    {
        Command.Dotnet(folder, "build", "-c", "Release", "-o", "plain");
        return Command.Program(Path.Combine(folder, "plain", Executable), argument);
    }

    /// <summary>What the build and the program said. The form's files are gone then: some are half a gigabyte.</summary>
    public (string Log, string Output) Publish(string[] form, string argument)
    {
        var published = Path.Combine(folder, "published");
        try
        {
            var log = Command.Dotnet(folder, ["publish", "-c", "Release", "-o", published, .. form]);
            return (log, Command.Program(Path.Combine(published, Executable), argument));
        }
        finally
        {
            if (Directory.Exists(published))
                Directory.Delete(published, recursive: true);
        }
    }

    private string Executable => Path.GetFileName(folder) + (OperatingSystem.IsWindows() ? ".exe" : "");
}
