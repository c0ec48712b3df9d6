namespace Blockwright.Package.Tests;

/// <summary>What <c>dotnet new</c> makes of the templates: it builds without a warning, learns, and runs without torch.</summary>
[Collection(nameof(PackedPackage))]
public sealed class TemplateTests(PackedPackage package)
{
    [Fact]
    public void ANewNetworkBuildsLearnsAndRunsAlone()
    {
        var folder = package.NewFolder("Templates");
        New(folder, "install", Path.Combine(package.Feed, $"Blockwright.Templates.{package.Version}.nupkg"));
        New(folder, "blockwright-net", "-n", "Birds");
        var solution = Path.Combine(folder, "Birds");
        New(Path.Combine(solution, "src", "Birds"), "blockwright-block", "-n", "MyUnit");
        Assert.DoesNotContain(Directory.EnumerateFiles(solution, "*", SearchOption.AllDirectories), static file => File.ReadAllText(file) is var text && (text.Contains("BlockwrightN", StringComparison.Ordinal) || text.Contains("Version$", StringComparison.Ordinal)));

        Command.Dotnet(solution, "build", "-c", "Release", "--nologo");
        Assert.Contains("Passed!", Command.Dotnet(solution, "test", "-c", "Release", "--no-build", "--nologo"), StringComparison.Ordinal);
        Assert.Contains("epoch 1 of 1: loss", Command.Dotnet(solution, "run", "-c", "Release", "--no-build", "--project", "src/Birds.Train", "--", "1"), StringComparison.Ordinal);
        Assert.Contains("is taken for a", Command.Dotnet(solution, "run", "-c", "Release", "--no-build", "--project", "src/Birds.Deploy"), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(solution, "src", "Birds.Deploy", "bin"), "*", SearchOption.AllDirectories), static file => Path.GetFileName(file).Contains("torch_cpu", StringComparison.Ordinal));
    }

    // Templates of a folder of the test's own, not the user's.
    private void New(string folder, params string[] arguments) => Command.Dotnet(folder, ["new", .. arguments, "--debug:custom-hive", Path.Combine(package.Feed, "..", "hive")]);
}
