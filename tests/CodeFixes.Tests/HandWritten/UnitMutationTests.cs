using static Blockwright.CodeFixes.Tests.HandWritten.WrittenUnits;

namespace Blockwright.CodeFixes.Tests.HandWritten;

/// <summary>
/// Slips of the hand in a unit: the rule and its fix throw at none. Where the fix is offered, the class compiled, and the block computes what it did.
/// </summary>
public sealed class UnitMutationTests
{
    public static TheoryData<string> Units => [nameof(BasicUnit), nameof(DownUnit), nameof(FieldUnit), nameof(InvertedResidual)];

    [Theory]
    [MemberData(nameof(Units))]
    public async Task A_slip_of_the_hand_throws_nothing_and_is_converted_only_as_what_it_is(string unit)
    {
        var wrong = new List<string>();
        var converted = 0;
        foreach (var (what, source) in Slips(File(SourceOf(unit)), unit))
        {
            var (compiles, found) = await UnitHarness.Look(source);
            if (found.IsEmpty || await UnitHarness.Fix(source) is var after && after == source)
                continue;
            converted++;
            if (!compiles)
                wrong.Add($"{what}: does not compile, and was converted");
            else
                wrong.AddRange(from make in MadeBy(unit)
                               let difference = UnitHarness.Difference(source, after, make)
                               where difference is not null
                               select $"{what}, {make}: {difference}");
        }
        Assert.Empty(wrong);
        Assert.NotEqual(0, converted);
    }

    /// <summary>Of the many names that could be another, every fifth.</summary>
    private static IEnumerable<Mutation> Slips(string source, string type) =>
    [
        .. Mutations.WithoutToken(source, type),
        .. Mutations.OtherValues(source, type),
        .. Mutations.OtherStatements(source, type),
        .. Mutations.SwappedNeighbours(source, type),
        .. Mutations.WithoutCall(source, type),
        .. Mutations.OtherNames(source, type).Where((_, i) => i % 5 == 0),
    ];

    private static string SourceOf(string unit) => unit switch
    {
        nameof(BasicUnit) => BasicUnit,
        nameof(DownUnit) => DownUnit,
        nameof(FieldUnit) => FieldUnit,
        _ => InvertedResidual,
    };

    private static string[] MadeBy(string unit) => unit == nameof(InvertedResidual) ? ["Unit", "Down"] : ["Unit"];
}
