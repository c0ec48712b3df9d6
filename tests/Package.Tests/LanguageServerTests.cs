using System.Text.Json.Nodes;

namespace Blockwright.Package.Tests;

/// <summary>What an editor shows of a project with the package, by a real language server.</summary>
[Collection(nameof(PackedPackage))]
public sealed class LanguageServerTests(PackedPackage package)
{
    private const string CsharpLs = "0.28.0";

    private const string Program = """
        using Blockwright;

        Console.WriteLine(typeof(Own.Net));

        namespace Own
        {
            [Block, From("in", As = "wide"), Conv1x1("ou"), Concat("wide", "in")]
            public partial class Unit;

            [Network, Input(3, 64, 64), Conv2d(8, 3, Stride = 2), BatchNorm2d, ReLU, MaxPool2d(2), ReLU]
            public partial class Net;

            /// <summary>Mine.</summary>
            [Network, Input(3, 64, 64), Conv2d(8, 3, Stride = 2)]
            public partial class Said;
        }
        """;

    /// <summary>It lists no package's fixes, only those that come with Roslyn: the tools that do are in <see cref="BatchFixTests"/>.</summary>
    [Fact]
    public void CsharpLsShowsDiagnosticsHoverAndCompletion()
    {
        var project = package.NewProject(Program, torch: "");
        Command.Dotnet(project, "restore");
        Command.Dotnet(project, "tool", "install", "csharp-ls", "--version", CsharpLs, "--tool-path", "tools");
        // It asks for the analyzers to be switched on.
        using var server = new LanguageServer(project, Path.Combine(project, "tools", "csharp-ls"), new JsonObject { ["analyzersEnabled"] = true });
        server.Notify("textDocument/didOpen", new JsonObject
        {
            ["textDocument"] = new JsonObject { ["uri"] = Uri(project), ["languageId"] = "csharp", ["version"] = 1, ["text"] = Program },
        });

        var diagnostics = Until(() => server.Request("textDocument/diagnostic", Document(project))!["items"]!.AsArray(), static items => items.Any(static item => Code(item) == "BW4003"));
        Assert.Equal(["BW0006 (6, 45) (6, 49)", "BW4003 (9, 91) (9, 95)"], diagnostics.Where(static item => Code(item).StartsWith("BW", StringComparison.Ordinal)).Select(static item => $"{Code(item)} {Place(item!["range"]!["start"]!)} {Place(item["range"]!["end"]!)}").Order(StringComparer.Ordinal));

        Assert.Contains("N x 3 x 64 x 64 to N x 8 x 16 x 16: 232 parameters, 221,184 multiply-adds", Hover(server, project, "Net;"), StringComparison.Ordinal);
        Assert.Contains("Mine.", Hover(server, project, "Said;"), StringComparison.Ordinal);

        Assert.Equal(["in", "wide"], Offered(server, project, "\"wide\", \"in"));
        Assert.Equal(["in", "out", "min", "max", "round"], Offered(server, project, "\"ou\""));
    }

    private static string Hover(LanguageServer server, string project, string at) => server.Request("textDocument/hover", Document(project, at))!["contents"]!.ToJsonString();

    /// <summary>Roslyn loads what a package offers behind the first question.</summary>
    private static IEnumerable<string> Offered(LanguageServer server, string project, string at) =>
        Until(() => server.Request("textDocument/completion", Document(project, at, 1)) is { } list ? list["items"]!.AsArray() : [], static items => items.Count > 0)
            .Select(static item => item!["label"]!.GetValue<string>());

    private static JsonArray Until(Func<JsonArray> ask, Func<JsonArray, bool> isEnough)
    {
        for (var i = 0; ; i++)
        {
            var answer = ask();
            if (isEnough(answer) || i == 60)
                return answer;
            Thread.Sleep(500);
        }
    }

    private static JsonObject Document(string project) => new() { ["textDocument"] = new JsonObject { ["uri"] = Uri(project) } };

    private static JsonObject Document(string project, string at, int behind = 0)
    {
        var position = Program.IndexOf(at, StringComparison.Ordinal) + behind;
        var before = Program[..position].Split('\n');
        var document = Document(project);
        document["position"] = new JsonObject { ["line"] = before.Length - 1, ["character"] = before[^1].Length };
        return document;
    }

    private static string Uri(string project) => new Uri(Path.Combine(project, "Program.cs")).AbsoluteUri;

    private static string Code(JsonNode? diagnostic) => diagnostic?["code"]?.GetValue<string>() ?? "";

    private static string Place(JsonNode position) => $"({position["line"]}, {position["character"]})";
}
