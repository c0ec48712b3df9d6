using System.Globalization;
using System.Reflection;
using Blockwright.CodeFixes.Declared;
using Blockwright.Generator.Tests.Properties;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using static TorchSharp.torch;

namespace Blockwright.CodeFixes.Tests.Declared.Campaign;

/// <summary>
/// Every fix on every network of samples/Zoo and on drawn ones, by itself and in a sweep: it compiles, the shape of the result stays, and its numbers where the fix keeps them; the diagnostic goes; the
/// cost does not grow. <c>BLOCKWRIGHT_FIXES=500</c> draws so many networks, from <c>BLOCKWRIGHT_FIXES_SEED</c> on, instead of the few.
/// </summary>
public sealed class CampaignTests
{
    private const int Drawn = 80;
    private const int Choices = 150;
    private const int Choice = 5040;
    private const string Sweeping = "blockwright_fixes = reshaping";

    public static TheoryData<string> Files => [.. Directory.GetFiles(Path.Combine(TypingTests.Root(), "samples", "Zoo", "Networks"), "*.cs").Append(Path.Combine(TypingTests.Root(), "samples", "ShuffleNet", "Networks.cs")).Select(static file => Path.GetRelativePath(TypingTests.Root(), file))];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Of_the_zoo(string file) => await Judge(await File.ReadAllTextAsync(Path.Combine(TypingTests.Root(), file)), runs: false);

    [Fact]
    public async Task Of_drawn_networks()
    {
        var count = Number("BLOCKWRIGHT_FIXES", Drawn);
        var first = Number("BLOCKWRIGHT_FIXES_SEED", 0);
        var applied = 0;
        for (var seed = first; seed < first + count; seed++)
        {
            var random = new Random(seed);
            // The first choice is a network's.
            int[] tape = [1, .. Enumerable.Range(0, Choices).Select(_ => random.Next(Choice))];
            try
            {
                applied += await Judge(DrawnProgram.Draw(tape, "Drawn").Source, runs: true);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"BLOCKWRIGHT_FIXES_SEED={seed}: {e.Message}"), e);
            }
        }
        Assert.True(applied >= count / 4, $"Only {applied} fixes on {count} networks: it draws nothing that is worth it.");
    }

    /// <summary>How many fixes were tried.</summary>
    private static async Task<int> Judge(string source, bool runs)
    {
        using var project = new CampaignProject(source, "");
        using var sweeping = new CampaignProject(source, Sweeping);
        var applied = 0;
        var offers = new List<(DeclaredFix Fix, string Key, bool IsReshaping)>();
        foreach (var diagnostic in await CampaignProject.Diagnose(project.Document))
        {
            foreach (var fix in CampaignProject.Fixes.Where(each => each.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                foreach (var (action, changed) in await CampaignProject.Offered(project.Document, fix, diagnostic))
                {
                    applied++;
                    offers.Add((fix, action.EquivalenceKey!, action.Title.Contains("(changes the ", StringComparison.Ordinal)));
                    await AssertBetter(project.Document, changed, diagnostic.Id, action.Title, runs);
                }
            }
        }
        foreach (var (fix, offered) in offers.GroupBy(static each => each.Fix).Select(static each => (each.Key, each)))
        {
            foreach (var key in offered.Select(static each => each.Key).Distinct().Append(null))
            {
                if (offered.All(static each => each.IsReshaping))
                    Assert.Null(await CampaignProject.Swept(project.Document, fix, key));
                var swept = await CampaignProject.Swept(sweeping.Document, fix, key);
                Assert.NotNull(swept);
                await AssertBetter(sweeping.Document, swept, fix.FixableDiagnosticIds[0], $"{key ?? "The best of each"} everywhere", runs && key is not null);
            }
        }
        return applied;
    }

    /// <param name="before">The file as it was.</param>
    /// <param name="after">The file with the fix.</param>
    /// <param name="id">What is fixed.</param>
    /// <param name="fix">What was done.</param>
    /// <param name="runs">Whether the networks are run.</param>
    private static async Task AssertBetter(Document before, Document after, string id, string fix, bool runs)
    {
        var text = $"{fix}:\n{await before.GetTextAsync()}\nbecame\n{await after.GetTextAsync()}";
        Assert.True((await CampaignProject.Diagnose(after)).Count(each => each.Id == id) < (await CampaignProject.Diagnose(before)).Count(each => each.Id == id), $"{id} stays under {text}");
        var (old, its) = (await CampaignProject.Networks(before), await CampaignProject.Networks(after));
        foreach (var (name, network) in old)
        {
            var now = its[name];
            Assert.True(network.Result.ToString() == now.Result.ToString(), $"{name} gives {now.Result} instead of {network.Result}: {text}");
            // Of a module of one's own none are known, before and after.
            Assert.True(now.MultiplyAdds == network.MultiplyAdds || now.MultiplyAdds < network.MultiplyAdds, $"{name} takes {now.MultiplyAdds} multiply-adds instead of {network.MultiplyAdds}: {text}");
            Assert.True(Traffic(now) <= Traffic(network), $"{name} moves {Traffic(now)} values instead of {Traffic(network)}: {text}");
        }
        var compiled = await CampaignProject.Generated(after);
        if (runs)
            AssertRuns(Load(await CampaignProject.Generated(before)), Load(compiled), old, id == "BW4003", text);
    }

    /// <summary>What is read and written where nothing is fused, and all weights; what only renames channels moves nothing.</summary>
    private static long Traffic(BlockGraph network)
    {
        var graph = FlatGraph.Of(network);
        return graph.Nodes.Where(node => graph.KernelOf(node) is not null).Sum(node =>
            Values(node) + node.Inputs.Sum(input => Values(graph.Nodes[input])) + (node.Layer?.Parameters.Constant ?? 0));

        static long Values(FlatNode node) => node.Channels * (node.Shape.Height.Size ?? 1) * (node.Shape.Width.Size ?? 1);
    }

    private static void AssertRuns(Assembly before, Assembly after, Dictionary<string, BlockGraph> networks, bool keeps, string text)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (name, network) in networks)
        {
            var (old, now) = (Make(before, name), Make(after, name));
            var input = randn(2, network.Input.Channels.Constant!.Value, network.Input.Height.Size!.Value, network.Input.Width.Size!.Value);
            // In the order of their declaration: keys may have moved.
            var (weights, its) = (old.state_dict().Values.ToList(), now.state_dict().Values.ToList());
            if (keeps)
            {
                Assert.Equal(weights.Select(static each => each.shape), its.Select(static each => each.shape));
                foreach (var (from, to) in weights.Zip(its))
                    to.copy_(from);
            }
            var (expected, found) = (old.call(input), now.call(input));
            Assert.True(expected.shape.SequenceEqual(found.shape), text);
            Assert.True(!keeps || expected.equal(found).all().item<bool>() || expected.isnan().any().item<bool>(), text);
        }
    }

    private static BlockModule Make(Assembly assembly, string fullName)
    {
        // A network's parameters are what they are where nobody gives them.
        var constructor = assembly.GetType(fullName.Replace("global::", "", StringComparison.Ordinal), throwOnError: true)!.GetConstructors()[0];
        var module = (BlockModule)constructor.Invoke(BindingFlags.OptionalParamBinding, null, [.. constructor.GetParameters().Select(static _ => Type.Missing)], null);
        module.eval();
        return module;
    }

    private static Assembly Load(Compilation compilation)
    {
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Take(5)));
        return Assembly.Load(stream.ToArray());
    }

    private static int Number(string variable, int otherwise) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
