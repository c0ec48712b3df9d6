using Blockwright.Analyzers.Tests.Declared.Rules;
using Blockwright.Analyzers.Tests.HandWritten;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Testing;
using Configured = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.Configuration.ConfigurationAnalyzer>;
using Grouped = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.GroupedConvolution>;

namespace Blockwright.Analyzers.Tests;

/// <summary>Messages quote the machine that the configuration names.</summary>
public sealed class MeasuredTests
{
    private const string Named = "blockwright_measured = my.measured";

    private static readonly string Own = (Paper.Arm with { Unit = "images/s on a toaster", Groups = [new(1, 12.5), new(2, 10), new(8, 3)] }).ToText();

    [Fact]
    public Task Of_a_declared_network() => RuleTest.VerifyWith(
        Named, ("my.measured", Own), RuleTest.Net("Conv2d(64, 3, Groups = {|#0:8|}), BatchNorm2d, ReLU"),
        ("BW2001", DiagnosticSeverity.Info, "Convolution of 64 to 64 channels in 8 groups at 32 x 32, at most 4 in shallow stages (down-sampled 2 times): it moves 135,680 values, 50,949 without groups at equal FLOPs; measured at 8 groups: 3 against 12.5 images/s on a toaster"));

    [Theory]
    [InlineData("my.measured", "my.measured")]
    [InlineData("my.measured", "/repository/folder/my.measured")]
    [InlineData("folder/my.measured", "/repository/folder/my.measured")]
    [InlineData("./my.measured", "/repository/my.measured")]
    public Task Of_code_written_by_hand(string name, string path) => Grouped.ReportsWithFile(
        $"blockwright_measured = {name}", (path, Own), Code.Statements("var conv = Conv2d(128, 128, 3, padding: 1, groups: {|#0:32|});"),
        Expected.Info("BW2001", 0, "Convolution of 128 channels in 32 groups, 16 at most; measured at 8 groups and equal FLOPs: 3 against 12.5 images/s on a toaster"));

    [Theory]
    [InlineData("another.measured", "")]
    [InlineData("not-my.measured", "")]
    [InlineData("my.measured", "G2 x 1")]
    public async Task Where_there_is_no_table_the_papers_figures_hold_and_it_is_said(string name, string more)
    {
        await Grouped.ReportsWithFile(
            Named, (name, Own + more), Code.Statements("var conv = Conv2d(128, 128, 3, padding: 1, groups: {|#0:32|});"),
            Expected.Info("BW2001", 0, "Convolution of 128 channels in 32 groups, 16 at most; measured at 8 groups and equal FLOPs: 634 against 2451 batches/s on a GPU"));
        await Configured.ReportsWithFile(
            Named, (name, Own + more), "class A { }",
            new DiagnosticResult("BW9001", DiagnosticSeverity.Warning).WithMessage("'blockwright_measured' is 'my.measured', expected the name of one of the project's AdditionalFiles, a table that benchmarks -- guidelines wrote: the default holds"));
    }

    [Fact]
    public Task A_table_that_is_there_is_no_bad_value() => Configured.ReportsWithFile(Named, ("my.measured", Own), "class A { }");

    [Fact]
    public void A_table_is_read_as_it_was_written()
    {
        foreach (var table in new[] { Paper.Gpu, Paper.Arm })
            Assert.Equal(table.ToText(), MeasuredTable.Parse(table.ToText().Replace("\n", "\r\n", StringComparison.Ordinal))!.ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("blockwright measured 2\nunit images/s")]
    [InlineData("blockwright measured 1\nunit images/s")]
    public void What_is_no_table_is_none(string text) => Assert.Null(MeasuredTable.Parse(text));

    /// <summary>Whatever line is left out, doubled or damaged: it is read, or it is none; of what messages are compared with nothing may be missing.</summary>
    [Fact]
    public void A_damaged_table_is_none_or_whole()
    {
        var lines = Paper.Gpu.ToText().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] damages = ["", "G1", "G1 1", "G1 1 1 1", "G1 -1 5", "G1 1 0", "G1 1 -5", "G1 1 1e5", "G1 1 1,5", "G5 1 1", "G4 4 1", "G4 0 NaN", "\0", lines[3]];
        foreach (var damage in damages)
        {
            for (var i = 0; i < lines.Length; i++)
            {
                if (MeasuredTable.Parse(string.Join('\n', lines.Select((line, at) => at == i ? damage : line))) is not { } table)
                    continue;
                Assert.Equal(1, table.ChannelRatio(1).Key);
                Assert.Equal(1, table.GroupCount(1).Key);
                Assert.Equal(1, table.Parallel(1).Key);
                Assert.True(table.ElementwisePasses(true, true).Value > 0);
            }
        }
    }
}
