using Verify = Blockwright.CodeFixes.Tests.HandWritten.FixTest<Blockwright.Analyzers.HandWritten.GroupedConvolution, Blockwright.CodeFixes.HandWritten.LowerGroups>;

namespace Blockwright.CodeFixes.Tests.HandWritten;

public sealed class LowerGroupsTests
{
    [Fact]
    public Task To_the_largest_divisor_within_the_limit() => Verify.Fixes(
        Code.File("""
            static class Layers
            {
                private const int Cardinality = 16;
                static object A() => Conv2d(128, 128, 3, padding: 1, groups: {|BW2001:Cardinality|}, bias: false);
                static object B() => Conv2d(68, 136, 3, groups: {|BW2001:34|});
            }
            """),
        Code.File("""
            static class Layers
            {
                private const int Cardinality = 16;
                static object A() => Conv2d(128, 128, 3, padding: 1, groups: 8, bias: false);
                static object B() => Conv2d(68, 136, 3, groups: 4);
            }
            """));

    [Fact]
    public Task A_weight_that_must_change_with_them_is_left_alone() => Verify.OffersNothing(
        Code.File("static class Layers { static Tensor A(Tensor x) => functional.conv2d(x, torch.randn(128, 4, 3, 3), groups: {|BW2001:32|}); }"));
}
