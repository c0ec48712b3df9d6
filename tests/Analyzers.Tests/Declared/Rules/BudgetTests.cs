using Microsoft.CodeAnalysis;

namespace Blockwright.Analyzers.Tests.Declared.Rules;

/// <summary>BW5001: each limit at its argument, with the excess and the three heaviest layers; nothing at the limit itself.</summary>
public sealed class BudgetTests
{
    // 32 x 32 x 32: 864 weights, 32 x 32 x 864 = 884,736 multiply-adds; 16 x 16 x 64: 18,432 weights, 4,718,592; 650 parameters and 640 multiply-adds of the linear layer. Written are 3 x 32,768 + 3 x 16,384 + 74 values,
    // read 12,288 + 3 x 32,768 + 3 x 16,384 + 64.
    private const string Layers = "Conv2d(32, 3, Stride = 2), BatchNorm2d, ReLU, Conv2d(64, 3, Stride = 2), BatchNorm2d, ReLU, GlobalAvgPool2d, Linear(10)";

    private const string Unit = "[Block{0}, Conv1x1(\"in\"), BatchNorm2d, ReLU] public partial class Unit;";

    private const string Uses = "[Network, Input(8, 16, 16), Apply<Unit>(Name = \"small\"), Conv1x1(16, Name = \"wide\"), BatchNorm2d(Name = \"n\"), ReLU, Stage<Unit>(\"units\", Channels = 16, Units = 2)] public partial class Net;";

    [Fact]
    public Task Nothing_is_said_at_the_limits_themselves() =>
        RuleTest.Verify($"[Network, Input(3, 64, 64), Budget(MFlops = 5.603968, Parameters = 20_138, ActivationBytes = 590_120, MemoryAccessBytes = 1_309_904), {Layers}] public partial class Net;");

    [Fact]
    public Task Each_limit_is_reported_at_its_argument() => RuleTest.Verify(
        $"[Network, Input(3, 64, 64), Budget(MFlops = {{|#0:5|}}, Parameters = {{|#1:20_137|}}, ActivationBytes = {{|#2:590_119|}}, MemoryAccessBytes = {{|#3:1_309_903|}}), {Layers}] public partial class Net;",
        Error("Net takes 5.604 million multiply-adds, 0.604 (12.1 %) above its budget of 5; most weigh 3: Conv2d 32 -> 64, 3 x 3, stride 2 (4.719), 0: Conv2d 3 -> 32, 3 x 3, stride 2 (0.885), 7: Linear 64 -> 10 (0.001)"),
        Error("Net takes 20,138 parameters, 1 (0.0 %) above its budget of 20,137; most weigh 3: Conv2d 32 -> 64, 3 x 3, stride 2 (18,432), 0: Conv2d 3 -> 32, 3 x 3, stride 2 (864), 7: Linear 64 -> 10 (650)"),
        Error("Net takes 590,120 bytes of activations, 1 (0.0 %) above its budget of 590,119; most weigh 0: Conv2d 3 -> 32, 3 x 3, stride 2 (131,072), 1: BatchNorm2d (131,072), ReLU (131,072)"),
        Error("Net takes 1,309,904 bytes of memory access, 1 (0.0 %) above its budget of 1,309,903; most weigh 3: Conv2d 32 -> 64, 3 x 3, stride 2 (270,336), 1: BatchNorm2d (262,400), ReLU (262,144)"));

    /// <summary>Less than a thousandth of a million is counted one by one.</summary>
    [Fact]
    public Task A_small_excess_is_said_in_full() => RuleTest.Verify(
        $"[Network, Input(3, 64, 64), Budget(MFlops = {{|#0:5.603967|}}), {Layers}] public partial class Net;",
        Error("Net takes 5,603,968 multiply-adds, 1 (0.0 %) above its budget of 5,603,967; most weigh 3: Conv2d 32 -> 64, 3 x 3, stride 2 (4,718,592), 0: Conv2d 3 -> 32, 3 x 3, stride 2 (884,736), 7: Linear 64 -> 10 (640)"));

    [Fact]
    public Task What_is_left_out_is_not_limited() => RuleTest.Verify($"[Network, Input(3, 64, 64), Budget(Parameters = 20_138), {Layers}] public partial class Net;");

    [Fact]
    public Task A_block_is_judged_at_each_use_and_the_worst_is_quoted() => RuleTest.Verify(
        Unit.Replace("{0}", ", Budget(Parameters = {|#0:200|})", StringComparison.Ordinal) + Uses,
        Error("Unit takes 288 parameters in Net: units.0 and 1 more use, 88 (44.0 %) above its budget of 200; most weigh units.0.0: Conv1x1 16 -> 16 (256), units.0.1: BatchNorm2d (32)"));

    [Fact]
    public Task A_block_within_its_budget_at_each_use_is_left_alone() => RuleTest.Verify(Unit.Replace("{0}", ", Budget(Parameters = 288, MFlops = 0.065536)", StringComparison.Ordinal) + Uses);

    [Fact]
    public Task A_block_that_no_network_uses_has_no_size() => RuleTest.Verify(Unit.Replace("{0}", ", Budget(Parameters = 1)", StringComparison.Ordinal));

    /// <summary>What blocks in it cost belongs to a block.</summary>
    [Fact]
    public Task A_block_pays_for_the_blocks_in_it() => RuleTest.Verify(
        Unit.Replace("{0}", "", StringComparison.Ordinal) + "[Block, Budget(Parameters = {|#0:79|}), Apply<Unit>(Name = \"u\")] public partial class Outer; [Network, Input(8, 16, 16), Apply<Outer>(Name = \"o\"), Conv1x1(4, Name = \"c\")] public partial class Net;",
        Error("Outer takes 80 parameters in Net: o, 1 (1.3 %) above its budget of 79; most weigh o.u.0: Conv1x1 8 -> 8 (64), o.u.1: BatchNorm2d (16)"));

    [Theory]
    [InlineData("Budget(MFlops = {|#0:-1|})", "MFlops: expected a number above 0, found -1")]
    [InlineData("Budget(Parameters = {|#0:0|})", "Parameters: expected a number above 0, found 0")]
    [InlineData("Budget(MFlops = {|#0:double.NaN|})", "MFlops: expected a number above 0, found NaN")]
    [InlineData("Budget(MFlops = {|#0:double.PositiveInfinity|})", "MFlops: expected a number above 0, found Infinity")]
    [InlineData("{|#0:Budget|}", "Budget: expected a limit at least: MFlops, Parameters, ActivationBytes or MemoryAccessBytes, found none")]
    public Task A_limit_that_nothing_can_keep_is_a_mistake(string budget, string message) =>
        RuleTest.Verify($"[Network, Input(3, 64, 64), {budget}, {Layers}] public partial class Net;", ("BW0022", DiagnosticSeverity.Error, message));

    [Fact]
    public Task A_budget_alone_is_no_declaration() => RuleTest.Verify(
        "[Budget(MFlops = 1)] public partial class {|#0:Net|};",
        ("BW0025", DiagnosticSeverity.Error, "'Net' has attributes of a block but neither [Block] nor [Network]: expected one of them"));

    /// <summary>README's network over its budget, as docs/cost.md shows the error.</summary>
    [Fact]
    public async Task The_page_shows_the_error_as_the_compiler_says_it()
    {
        const string Say = "> error BW5001: ";
        var (readme, page) = (await File.ReadAllTextAsync(Repository.Path("README.md")), await File.ReadAllTextAsync(Repository.Path("docs", "cost.md")));
        var message = page.Split('\n').Single(static line => line.StartsWith(Say, StringComparison.Ordinal))[Say.Length..];
        var code = readme.Split("```csharp\nusing Blockwright;\n")[1].Split("```")[0];
        await RuleTest.Verify(code.Replace("[Network, Input(3, 224, 224)]", "[Network, Input(3, 224, 224), Budget(MFlops = {|#0:140|}, Parameters = 2_300_000)]", StringComparison.Ordinal), Error(message));
    }

    private static (string Id, DiagnosticSeverity Severity, string Message) Error(string message) => ("BW5001", DiagnosticSeverity.Error, message);
}
