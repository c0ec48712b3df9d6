using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Blockwright.Package.Tests;

/// <summary>TorchSharp's library is mended in a copy, once, and nothing else is touched.</summary>
[Collection(nameof(PackedPackage))]
public sealed partial class MendingTests(PackedPackage package)
{
    private const string Library = "libLibTorchSharp.so";
    private const string Program = "TorchSharp.torch.manual_seed(1);";

    [SkippableFact]
    public void TheLibraryIsMendedOnceAndAsThePropertySays()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The cure is for Linux.");
        var project = package.NewProject(Program);
        var built = Path.Combine(project, "bin", "Debug", "net10.0", "runtimes", "linux-x64", "native", Library);

        Assert.DoesNotMatch(MendLine(), Build("false"));
        var unmended = File.ReadAllBytes(built);
        Assert.Single(MendLine().Matches(Build("always")));
        var mended = File.ReadAllBytes(built);
        Assert.DoesNotMatch(MendLine(), Build("always"));
        Assert.Equal(mended, File.ReadAllBytes(built));
        Build("false");
        Assert.Equal(unmended, File.ReadAllBytes(built));
        Build("always");
        Assert.Equal(mended, File.ReadAllBytes(built));

        Assert.Equal(FromPackage(), unmended);
        Assert.Equal(1, unmended.Zip(mended).Count(static bytes => bytes.First != bytes.Second));
        Assert.DoesNotMatch(MendLine(), Command.Dotnet(project, "build", "--no-incremental", "-p:BlockwrightMendTorchSharp=always"));
        Assert.Equal(mended, File.ReadAllBytes(built));

        string Build(string mend) => Command.Dotnet(project, "build", $"-p:BlockwrightMendTorchSharp={mend}");
    }

    [Theory]
    [InlineData("true")]
    [InlineData("never")]
    public void AnAnswerThatThereIsNotIsRefused(string mend) => Assert.Contains(
        $"BlockwrightMendTorchSharp is '{mend}'. Expected auto, always or false.",
        Command.Dotnet(package.NewProject(Program), 1, "build", $"-p:BlockwrightMendTorchSharp={mend}"), StringComparison.Ordinal);

    // Builds and publishes here link their files into the package cache: what is written through a link is written there.
    [SkippableFact]
    public void ThePackageCacheIsNotWrittenTo()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The cure is for Linux.");
        var project = package.NewProject(Program, "<BlockwrightMendTorchSharp>always</BlockwrightMendTorchSharp>");
        Command.Dotnet(project, "build", "-p:BlockwrightMendTorchSharp=false");
        Command.Dotnet(project, "build");
        Command.Dotnet(project, "publish", "-o", "out");
        var mended = File.ReadAllBytes(Path.Combine(project, "out", "runtimes", "linux-x64", "native", Library));

        Assert.Equal(FromPackage(), File.ReadAllBytes(Path.Combine(Cached, "runtimes", "linux-x64", "native", Library)));
        Assert.NotEqual(FromPackage(), mended);
    }

    /// <summary>Where a load failed, TorchSharp has left copies of all libraries: half a gigabyte.</summary>
    [SkippableFact]
    public void WhatAFailedLoadLeftGoes()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "The cure is for Linux.");
        var project = package.NewProject(Program, "<BlockwrightMendTorchSharp>always</BlockwrightMendTorchSharp>", torch: "");
        var left = Directory.CreateDirectory(Path.Combine(project, "bin", "Debug", "net10.0", "cpu")).FullName;
        File.WriteAllText(Path.Combine(left, Library), "");

        Command.Dotnet(project, "build");

        Assert.False(Directory.Exists(left));
    }

    private static string Cached => Path.Combine(PackedPackage.Cache, "torchsharp", "0.107.0");

    private static byte[] FromPackage()
    {
        using var archive = ZipFile.OpenRead(Path.Combine(Cached, "torchsharp.0.107.0.nupkg"));
        using var library = archive.GetEntry($"runtimes/linux-x64/native/{Library}")!.Open();
        using var bytes = new MemoryStream();
        library.CopyTo(bytes);
        return bytes.ToArray();
    }

    [GeneratedRegex("Blockwright: .*GLIBCXX_3\\.4\\.32")]
    private static partial Regex MendLine();
}
