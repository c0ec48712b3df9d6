using System.Globalization;
using System.IO.Compression;
using static System.FormattableString;

namespace Digits;

/// <summary>A handwritten digit.</summary>
/// <param name="Pixels">8 x 8 values of 0 to 16, row by row.</param>
/// <param name="Label">Which digit it is, 0 to 9.</param>
public sealed record Digit(byte[] Pixels, int Label)
{
    public const int Side = 8;
    public const int Brightest = 16;
    public const int Classes = 10;

    /// <summary>All digits of the file that is built into this program: a line each, 64 pixels and then the label.</summary>
    public static IReadOnlyList<Digit> ReadAll()
    {
        using var resource = typeof(Digit).Assembly.GetManifestResourceStream("digits.csv.gz")
            ?? throw new InvalidDataException("digits.csv.gz is not embedded in this program. Build it from the folder that has the file.");
        using var lines = new StreamReader(new GZipStream(resource, CompressionMode.Decompress));
        var digits = new List<Digit>();
        while (lines.ReadLine() is { } line)
            digits.Add(Parse(line, digits.Count + 1));
        return digits;
    }

    /// <summary>
    /// Shuffles the digits and holds a quarter of each class out. Drawn in each class by itself, so that the parts have the same mix of classes.
    /// </summary>
    public static (IReadOnlyList<Digit> Training, IReadOnlyList<Digit> HeldOut) HoldOutQuarter(IEnumerable<Digit> digits, int seed)
    {
        var random = new Random(seed);
        List<Digit> training = [], heldOut = [];
        foreach (var group in digits.GroupBy(digit => digit.Label).OrderBy(group => group.Key))
        {
            var shuffled = group.ToArray();
            random.Shuffle(shuffled);
            var quarter = (int)Math.Round(shuffled.Length / 4.0);
            heldOut.AddRange(shuffled[..quarter]);
            training.AddRange(shuffled[quarter..]);
        }
        return (training, heldOut);
    }

    private static Digit Parse(string line, int number)
    {
        var cells = line.Split(',');
        if (cells.Length != (Side * Side) + 1)
            throw new InvalidDataException(Invariant($"digits.csv.gz, line {number}: expected {(Side * Side) + 1} values, found {cells.Length}."));
        return new Digit([.. cells[..^1].Select(cell => Number(cell, Brightest, number))], Number(cells[^1], Classes - 1, number));
    }

    private static byte Number(string cell, int most, int line) =>
        byte.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= most
            ? value
            : throw new InvalidDataException(Invariant($"digits.csv.gz, line {line}: expected a number of 0 to {most}, found '{cell}'."));
}
