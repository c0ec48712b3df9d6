using System.Globalization;
using Blockwright.Generator.Tests.Harness;
using Snapshooter;
using Snapshooter.Xunit;

namespace Blockwright.Generator.Tests;

/// <summary>
/// The emitted code of every system, as it stands in __snapshots__. A change of the emitted code that is meant: delete the files, run these
/// tests with SNAPSHOOTER_STRICT_MODE=off, and read the difference.
/// </summary>
public class EmittedCodeTests
{
    [Theory]
    [MemberData(nameof(Systems.Names), MemberType = typeof(Systems))]
    public void IsTheSnapshots(string name) => Snapshot.Match(Emitted(name), SnapshotNameExtension.Create(name));

    /// <summary>The compiler speaks the user's language: minus signs, commas and groups are spelled as there.</summary>
    [Theory]
    [MemberData(nameof(Systems.Names), MemberType = typeof(Systems))]
    public void IsOfNoCulture(string name)
    {
        var expected = Emitted(name);
        var before = CultureInfo.CurrentCulture;
        // As Swedish, Persian and Turkish together have them; whatever cultures the machine knows.
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new NumberFormatInfo { NegativeSign = "\u2212", PositiveSign = "\u200e+", NumberDecimalSeparator = "\u066b", NumberGroupSeparator = "\u00a0", NaNSymbol = "\u00a4" };
        try
        {
            CultureInfo.CurrentCulture = culture;
            // Another text, so that nothing that is remembered answers for it.
            Assert.Equal(expected, Emitted(name, beside: $"public class Unremembered{name};"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Emitted(string name, string beside = "")
    {
        Compiling.Generate(Compiling.Compilation(Systems.Find(name).Source, beside), out var result);
        return string.Join("\n", result.Results.Single().GeneratedSources.Select(static source => $"// {source.HintName}\n{source.SourceText}"));
    }
}
