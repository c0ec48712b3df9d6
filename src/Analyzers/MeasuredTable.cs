using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Blockwright.Analyzers;

/// <summary>One line of a table.</summary>
/// <param name="Key">The ratio, the groups or the fragments that were measured; of the element-wise operations which there are.</param>
/// <param name="Value">How often a second; more is better.</param>
public readonly record struct MeasuredRow(int Key, double Value);

/// <summary>
/// The four experiments of the guidelines, each at equal FLOPs, as one machine ran them. As a text it is what <c>benchmarks -- guidelines --output FILE</c> writes and
/// <c>blockwright_measured = FILE</c> names: a header, what is counted, and a line for each figure.
/// </summary>
/// <param name="Unit">What is counted, and on which machine: "images/s on ...".</param>
/// <param name="ChannelRatios">G1: a stack of 1x1 convolutions, input channels to output channels 1:key.</param>
/// <param name="Groups">G2: a stack of 1x1 convolutions by the number of their groups.</param>
/// <param name="ParallelFragments">G3: blocks by the number of fragments that lie in parallel.</param>
/// <param name="SerialFragments">G3: blocks by the number of fragments in series.</param>
/// <param name="Elementwise">G4: a bottleneck without and with its element-wise operations.</param>
public sealed record MeasuredTable(
    string Unit,
    ImmutableArray<MeasuredRow> ChannelRatios,
    ImmutableArray<MeasuredRow> Groups,
    ImmutableArray<MeasuredRow> ParallelFragments,
    ImmutableArray<MeasuredRow> SerialFragments,
    ImmutableArray<MeasuredRow> Elementwise)
{
    /// <summary>The keys of <see cref="Elementwise"/>: flags.</summary>
    public const int Neither = 0;

    /// <summary>An activation as an operation of its own.</summary>
    public const int Activation = 1;

    /// <summary>A shortcut's Add.</summary>
    public const int Shortcut = 2;

    /// <summary>Activation and shortcut.</summary>
    public const int Both = Activation | Shortcut;

    private const string Header = "blockwright measured 1";
    private const string UnitName = "unit";
    private const int MostText = 1 << 16;

    /// <summary>G1: what was measured at the ratio nearest to <paramref name="ratio"/> (larger over smaller, nearest on a logarithmic scale).</summary>
    public Measurement ChannelRatio(double ratio) => Nearest(ChannelRatios, ratio);

    /// <summary>G2: what was measured at the number of groups nearest to <paramref name="groups"/>.</summary>
    public Measurement GroupCount(long groups) => Nearest(Groups, groups);

    /// <summary>G3: what was measured at the number of parallel fragments nearest to <paramref name="fragments"/>.</summary>
    public Measurement Parallel(int fragments) => Nearest(ParallelFragments, fragments);

    /// <summary>G4: what was measured with an activation, a shortcut or both as operations of their own, against neither.</summary>
    public Measurement ElementwisePasses(bool activation, bool shortcut)
    {
        var key = (activation ? Activation : Neither) | (shortcut ? Shortcut : Neither);
        return new(key, Elementwise.First(row => row.Key == key).Value, Elementwise.First(static row => row.Key == Neither).Value, Unit);
    }

    /// <summary>The table as the text that <see cref="Parse"/> reads.</summary>
    public string ToText()
    {
        var text = new StringBuilder().Append(Header).Append('\n').Append(UnitName).Append(' ').Append(Unit).Append('\n');
        foreach (var (name, rows) in Named())
            foreach (var row in rows)
                text.AppendFormat(CultureInfo.InvariantCulture, "{0} {1} {2:0.####}\n", name, row.Key, row.Value);
        return text.ToString();
    }

    /// <summary>Reads a table.</summary>
    /// <returns>Null where it is not one, or a figure is missing that messages are compared with.</returns>
    public static MeasuredTable? Parse(string text)
    {
        var lines = text.Length > MostText ? Array.Empty<string>() : text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0).ToArray();
        if (lines.Length < 2 || lines[0] != Header || !lines[1].StartsWith(UnitName + " ", StringComparison.Ordinal))
            return null;
        var rows = new List<(string Name, MeasuredRow Row)>();
        foreach (var line in lines.Skip(2))
        {
            if (line.Split(' ') is not [var name, var key, var value] || !Names.Contains(name)
                || !int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || !double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var measured) || measured <= 0 || double.IsInfinity(measured))
                return null;
            rows.Add((name, new(number, measured)));
        }
        var table = new MeasuredTable(lines[1].Substring(UnitName.Length + 1), Of("G1"), Of("G2"), Of("G3-parallel"), Of("G3-series"), Of("G4"));
        return table.IsWhole ? table : null;

        ImmutableArray<MeasuredRow> Of(string name) => rows.Where(row => row.Name == name).Select(static row => row.Row).OrderBy(static row => row.Key).ToImmutableArray();
    }

    private static ImmutableArray<string> Names => ImmutableArray.Create("G1", "G2", "G3-parallel", "G3-series", "G4");

    private bool IsWhole =>
        Named().All(static each => each.Rows.Select(static row => row.Key).Distinct().Count() == each.Rows.Length)
        && Named().Take(Names.Length - 1).All(static each => each.Rows.Length > 1 && each.Rows[0].Key == 1)
        && Elementwise.Select(static row => row.Key).SequenceEqual(Enumerable.Range(Neither, Both + 1));

    private IEnumerable<(string Name, ImmutableArray<MeasuredRow> Rows)> Named() =>
        Names.Zip([ChannelRatios, Groups, ParallelFragments, SerialFragments, Elementwise], static (name, rows) => (name, rows));

    private Measurement Nearest(ImmutableArray<MeasuredRow> rows, double key)
    {
        var row = rows.OrderBy(row => Math.Abs(Math.Log(row.Key) - Math.Log(Math.Max(key, 1)))).First();
        return new(row.Key, row.Value, rows[0].Value, Unit);
    }
}

/// <summary>A measured figure beside the figure of the recommended design.</summary>
/// <param name="Key">The ratio, the groups or the fragments that were measured.</param>
/// <param name="Value">How often a second.</param>
/// <param name="Best">The same for the design that the guideline recommends.</param>
/// <param name="Unit">What is counted, and on which machine.</param>
public readonly record struct Measurement(double Key, double Value, double Best, string Unit)
{
    /// <summary>"634 against 2451 batches/s on a GPU".</summary>
    public override string ToString() =>
        string.Format(CultureInfo.InvariantCulture, "{0:0.#} against {1:0.#} {2}", Value, Best, Unit);
}
