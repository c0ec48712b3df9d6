using System.Runtime.InteropServices;
using Blockwright.Tests.Shared.Pages;

namespace Blockwright.Package.Tests;

/// <summary>From an empty folder to a service that answers, by what README and the guides say alone.</summary>
[Collection(nameof(PackedPackage))]
public sealed class NewcomerTests(PackedPackage package)
{
    [SkippableFact]
    public async Task ReadmeAndTheGuidesLeadToAServiceThatAnswers()
    {
        PublishTests.SkipWhereItCannotBeBuilt("Native AOT");
        Skip.If(RuntimeInformation.OSArchitecture != Architecture.X64, "The page's project names instructions of x64.");
        var project = package.NewBareFolder("Newcomer");
        Command.Dotnet(project, "new", "console", "--no-restore");
        foreach (var command in Readme.Using(package.Feed))
            Command.Dotnet(project, Adapted(command));

        Assert.EndsWith("1 x 1000\n", RunReadme(project).ReplaceLineEndings("\n"), StringComparison.Ordinal);

        Write(project, Guide.Files(new Page("docs/guides/train.md")));
        Assert.Contains("the snapshot decides as the network does: True", Command.Dotnet(project, "run", "-c", "Release"), StringComparison.Ordinal);

        await Serve(Path.Combine(project, "stripes.fused.safetensors"));
    }

    /// <summary>The source is this folder's, not the user's; and torch's libraries are those of this machine, not of every one: they have half a gigabyte each.</summary>
    private static string[] Adapted(string[] command) => command switch
    {
        ["nuget", ..] => [.. command, "--configfile", "nuget.config"],
        ["add", "package", "TorchSharp-cpu", ..] => ["add", "package", PackedPackage.NativeTorch, "--version", "2.10.0"],
        _ => command,
    };

    private static string RunReadme(string project)
    {
        const string Published = "shufflenetv2_x1-5666bf0f80.pth";
        const string Drawn = "drawn.safetensors";
        var (declaration, use) = Readme.Code;
        var program = use.Replace("var net = ", $"new ShuffleNetV2().SaveWeights(\"{Drawn}\");\nvar net = ", StringComparison.Ordinal).Replace(Published, Drawn, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(project, "ShuffleNet.cs"), declaration);
        File.WriteAllText(Path.Combine(project, "Program.cs"), $"{program}Console.WriteLine(string.Join(\" x \", logits.shape));\n");
        return Command.Dotnet(project, "run", "-c", "Release");
    }

    /// <summary>The page's project, published by the page's command, which is the container's.</summary>
    private async Task Serve(string snapshot)
    {
        var page = new Page("docs/guides/deploy.md");
        var blocks = page.Blocks.ToList();
        var command = blocks.First(static block => block.Text.StartsWith("dotnet publish", StringComparison.Ordinal)).Text.Trim();
        var container = blocks.First(static block => block.Language == "dockerfile").Text;
        Assert.Contains($"RUN {command}\n", container, StringComparison.Ordinal);
        Assert.Contains("ENTRYPOINT [\"./Serving\"]", container, StringComparison.Ordinal);

        var project = package.NewFolder("Serving");
        File.WriteAllText(Path.Combine(project, "Serving.csproj"), blocks.First(static block => block.Language == "xml").Text.Replace("Include=\"Blockwright\" Version=\"0.1.0\"", $"Include=\"Blockwright\" Version=\"{package.Version}\"", StringComparison.Ordinal));
        Write(project, Guide.Files(page));
        var log = Command.Dotnet(project, command.Split(' ')[1..]);
        Assert.DoesNotContain("warning", log, StringComparison.OrdinalIgnoreCase);

        var published = Path.Combine(project, "published");
        File.Copy(snapshot, Path.Combine(published, "stripes.fused.safetensors"));
        using var service = Command.Start(published, Path.Combine(published, OperatingSystem.IsWindows() ? "Serving.exe" : "Serving"), "--urls", "http://127.0.0.1:0");
        await StripesService.AssertAnswers(service);
    }

    private static void Write(string project, IReadOnlyDictionary<string, IReadOnlyList<(Page Page, Page.Block Block)>> files)
    {
        foreach (var (name, blocks) in files)
            File.WriteAllText(Path.Combine(project, name), string.Concat(blocks.Select(static each => each.Block.Text)));
    }
}
