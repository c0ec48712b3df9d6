using Blockwright.Analyzers.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Testing;
using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.Configuration.ConfigurationAnalyzer>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("blockwright_target = tpu", "blockwright_target", "tpu", "gpu, arm, cpu or npu")]
    [InlineData("BW2001.maximum_groups_deep = many", "BW2001.maximum_groups_deep", "many", "a whole number from 1 on")]
    [InlineData("BW2001.maximum_groups_deep = 0", "BW2001.maximum_groups_deep", "0", "a whole number from 1 on")]
    [InlineData("blockwright_fixes = all", "blockwright_fixes", "all", "keeping or reshaping")]
    [InlineData("BW1001.warning_ratio = 0.5", "BW1001.warning_ratio", "0.5", "a number above 1")]
    [InlineData("BW4001.minimum_passes = 1", "BW4001.minimum_passes", "1", "a whole number from 2 on")]
    [InlineData("blockwright_measured = my.measured", "blockwright_measured", "my.measured", "the name of one of the project's AdditionalFiles, a table that benchmarks -- guidelines wrote")]
    [InlineData("BW6002.callers = all", "BW6002.callers", "all", "followed or ignored")]
    public Task A_bad_value_is_reported_once(string line, string key, string value, string expected) => Verify.ReportsWith(
        line,
        "class A { }",
        new DiagnosticResult("BW9001", DiagnosticSeverity.Warning).WithMessage($"'{key}' is '{value}', expected {expected}: the default holds"));

    [Theory]
    [InlineData("blockwright_taget = npu", "blockwright_taget", "blockwright_target")]
    [InlineData("Blockwright_Fix = reshaping", "blockwright_fix", "blockwright_fixes")]
    [InlineData("BW1001.warning_ration = 2", "bw1001.warning_ration", "BW1001.warning_ratio")]
    [InlineData("BW2001.maximum_group_deep = 8", "bw2001.maximum_group_deep", "BW2001.maximum_groups_deep")]
    public Task A_misspelt_key_is_reported_with_its_nearest_name(string line, string key, string nearest) => Verify.ReportsWith(
        line,
        "class A { }",
        new DiagnosticResult("BW9001", DiagnosticSeverity.Warning).WithMessage($"There is no key '{key}', expected '{nearest}': its default holds"));

    [Theory]
    [InlineData("blockwright_target = npu")]
    [InlineData("dotnet_diagnostic.BW1001.severity = none")]
    [InlineData("blocked_targets = npu")]
    [InlineData("blockwright_target = GPU")]
    [InlineData("blockwright_fixes = reshaping")]
    [InlineData("BW2001.maximum_groups_deep = 32")]
    [InlineData("bw1001.warning_ratio = 2.5")]
    [InlineData("BW2001.unknown = x")]
    [InlineData("bw6002.callers = Ignored")]
    [InlineData("blockwright_measured =")]
    public Task Good_values_and_foreign_keys_are_not(string line) => Verify.ReportsWith(line, "class A { }");

    [Fact]
    public void Keys_are_distinct_and_named_after_their_rule()
    {
        var keys = Options.All.Select(option => option.Key).ToList();
        Assert.Equal(keys.Count, keys.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(keys, key => Assert.Matches("^(blockwright_[a-z_]+|BW[0-9]{4}\\.[a-z_0-9]+)$", key));
    }

    [Fact]
    public void Every_option_that_exists_is_in_the_list() => Assert.Equal(
        typeof(Options).GetFields().Count(field => typeof(Option).IsAssignableFrom(field.FieldType)),
        Options.All.Length);
}
