using System.Collections.Immutable;
using System.Globalization;
using Blockwright.Kernels;
using static System.FormattableString;

namespace Blockwright.Plans;

/// <summary>What every device's table says in the same words: grids, rules on sizes, weights, windows, orders. Written and read here.</summary>
internal static class PlanWords
{
    /// <summary>Of a window that may end outside.</summary>
    public const string Ceil = "ceil";

    /// <summary>What weights that are added to others begin with.</summary>
    public const string Plus = "plus";

    /// <summary>What the key of a learned factor stands behind.</summary>
    public const string Scale = "scale";

    /// <summary>What the groups of a transposed convolution's weights stand behind.</summary>
    public const string Transposed = "transposed";

    private const string Bias = "bias";
    private const string Flat = "flat";
    private const string As = "as";
    private const char Opens = '(';
    private const char Closes = ')';

    /// <summary><c>g2 = 3x3/2x2+1x1 over g1 # 56 x 56</c>, <c>g3 = *2x2 over g2 # 112 x 112</c>; what is behind # is the declared size.</summary>
    public static string GridLine(int index, PlanGrid grid)
    {
        var what = grid.Kind switch
        {
            GridKind.Input => "input",
            GridKind.Point => "point",
            GridKind.Resized => $"{ResizingText(grid.Resizing)} over g{Text(grid.From)}",
            _ => $"{WindowText(grid.Window)} over g{Text(grid.From)}{(grid.CeilMode ? " " + Ceil : "")}",
        };
        return Invariant($"g{index} = {what} # {grid.Height} x {grid.Width}");
    }

    /// <summary>Reads a <see cref="GridLine"/>.</summary>
    public static PlanGrid ReadGrid(string line)
    {
        var words = line.Split(' ');
        var comment = Array.IndexOf(words, "#");
        var (height, width) = (Int(words[comment + 1]), Int(words[comment + 3]));
        return words[2] switch
        {
            "input" => new(GridKind.Input, -1, Window.Pixel, false, height, width),
            "point" => new(GridKind.Point, -1, Window.Pixel, false, height, width),
            ['*', ..] => new(GridKind.Resized, Numbered(words[4]), Window.Pixel, false, height, width) { Resizing = ReadResizing(words[2]) },
            var window => new(GridKind.Window, Numbered(words[4]), ReadWindow(window), words[5] == Ceil, height, width),
        };
    }

    /// <summary><c>? g2 = g3 : Add at x</c>, or <c>? g2 = 7x7 : Flatten</c>.</summary>
    public static string RuleLine(ImmutableArray<PlanGrid> grids, SizeRule rule) =>
        Invariant($"? g{rule.Grid} = {(rule.Other < 0 ? Invariant($"{grids[rule.Grid].Height}x{grids[rule.Grid].Width}") : Invariant($"g{rule.Other}"))} : {rule.Where}");

    /// <summary>Reads a <see cref="RuleLine"/>.</summary>
    public static SizeRule ReadRule(string line)
    {
        var words = line.Split([' '], 6);
        return new(Numbered(words[1]), words[3][0] == 'g' ? Numbered(words[3]) : -1, words[5]);
    }

    /// <summary><c>weights conv1.0 24x3x3x3 bias</c>, <c>transposed 1</c>, <c>norm conv1.1 1E-05</c> or <c>scale gamma</c>, <c>of 24</c>, <c>plus weights conv2 24x3x1x1 norm norm2 1E-05</c>: as much of it as there is.</summary>
    public static IEnumerable<string> WeightsParts(PlanWeights weights)
    {
        if (weights.Key.Length > 0)
            yield return $"weights {weights.Key} {string.Join("x", weights.Shape.Select(Text))}{(weights.HasBias ? " " + Bias : "")}";
        if (weights.TransposedGroups > 0)
            yield return $"{Transposed} {Text(weights.TransposedGroups)}";
        if (weights.NormKey.Length > 0)
            yield return weights.IsScaled ? $"{Scale} {weights.NormKey}" : Invariant($"norm {weights.NormKey} {weights.Eps:R}");
        if (weights.Key.Length == 0)
            yield return Invariant($"of {weights.Shape[0]}");
        foreach (var other in weights.Plus)
            yield return $"{Plus} {string.Join(" ", WeightsParts(other))}";
    }

    /// <summary>Adds what one of the <see cref="WeightsParts"/> says to those before it.</summary>
    public static PlanWeights ReadWeights(PlanWeights? weights, string[] words) => words[0] switch
    {
        "weights" => new(words[1], words[2].Split('x').Select(Int).ToImmutableArray(), words.Length > 3 && words[3] == Bias, "", 0),
        Plus => weights! with { Plus = weights.Plus.Add(ReadTerm(words)) },
        "norm" => (weights ?? new("", ImmutableArray<int>.Empty, false, "", 0)) with { NormKey = words[1], Eps = Real(words[2]) },
        Transposed => weights! with { TransposedGroups = Int(words[1]) },
        Scale => (weights ?? new("", ImmutableArray<int>.Empty, false, "", 0)) with { NormKey = words[1] },
        _ => weights! with { Shape = ImmutableArray.Create(Int(words[1])) },
    };

    /// <summary>What stands behind <see cref="Plus"/>: parts, one behind the other.</summary>
    private static PlanWeights ReadTerm(string[] words)
    {
        PlanWeights? term = null;
        for (int at = 1, count; at < words.Length; at += count)
        {
            count = words[at] switch { "weights" => at + 3 < words.Length && words[at + 3] == Bias ? 4 : 3, "norm" => 3, _ => 2 };
            term = ReadWeights(term, words.Skip(at).Take(count).ToArray());
        }
        return term!;
    }

    /// <summary>The sizes of a value that is neither a map nor features, <c>(85,3*h*w)</c>.</summary>
    public static string DimensionsText(ImmutableArray<PlanDimension> sizes) => $"{Opens}{string.Join(",", sizes.Select(static size => size.ToString()))}{Closes}";

    /// <summary>Whether a word is a <see cref="DimensionsText"/>.</summary>
    public static bool AreDimensions(string word) => word.Length > 1 && word[0] == Opens && word[word.Length - 1] == Closes;

    /// <summary>Reads a <see cref="DimensionsText"/>.</summary>
    public static ImmutableArray<PlanDimension> ReadDimensions(string word) => word.Substring(1, word.Length - 2).Split(',').Select(PlanDimension.Read).ToImmutableArray();

    /// <summary>What is no map, behind its grid.</summary>
    public static string ShapeText(bool isFlat, ImmutableArray<PlanDimension> sizes) => isFlat ? " " + Flat : sizes.IsEmpty ? "" : " " + DimensionsText(sizes);

    /// <summary>Reads the word of a <see cref="ShapeText"/>; of any other it is a map.</summary>
    public static (bool IsFlat, ImmutableArray<PlanDimension> Sizes) ReadShapeWord(string word) => (word == Flat, AreDimensions(word) ? ReadDimensions(word) : ImmutableArray<PlanDimension>.Empty);

    /// <summary><c>24 g8 as Coarse + 16 g4 as Fine</c>, <c>10 g2 flat</c>.</summary>
    public static string ResultsText(IEnumerable<PlanResult> results) => string.Join(
        " + ", results.Select(static result => Invariant($"{result.Channels} g{result.Grid}{ShapeText(result.IsFlat, result.Dimensions)}{(result.Name.Length > 0 ? " " + As + " " + result.Name : "")}")));

    /// <summary>Reads a <see cref="ResultsText"/>.</summary>
    public static ImmutableArray<PlanResult> ReadResults(string text) => text.Split([" + "], StringSplitOptions.None).Select(static each => each.Split(' ')).Select(static words =>
    {
        var (isFlat, sizes) = ReadShapeWord(words.Length > 2 ? words[2] : "");
        return new PlanResult(words[words.Length - 2] == As ? words[words.Length - 1] : "", Int(words[0]), Numbered(words[1]), isFlat) { Dimensions = sizes };
    }).ToImmutableArray();

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Kernel / stride + padding * dilation, those left out that change nothing; a padding that is another on two sides as <c>0:1x0:1</c>.</summary>
    public static string WindowText(Window window)
    {
        var text = Invariant($"{window.KernelHeight}x{window.KernelWidth}");
        if (window.StrideHeight != 1 || window.StrideWidth != 1)
            text += Invariant($"/{window.StrideHeight}x{window.StrideWidth}");
        if (window.MoreBelow != 0 || window.MoreRight != 0)
            text += Invariant($"+{window.PaddingHeight}:{window.PaddingBelow}x{window.PaddingWidth}:{window.PaddingRight}");
        else if (window.PaddingHeight != 0 || window.PaddingWidth != 0)
            text += Invariant($"+{window.PaddingHeight}x{window.PaddingWidth}");
        if (window.DilationHeight != 1 || window.DilationWidth != 1)
            text += Invariant($"*{window.DilationHeight}x{window.DilationWidth}");
        return text;
    }

    public static Window ReadWindow(string text)
    {
        var (kernel, stride, padding, dilation, more) = (new[] { 1, 1 }, new[] { 1, 1 }, new[] { 0, 0 }, new[] { 1, 1 }, new[] { 0, 0 });
        var target = kernel;
        var at = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] is not ('/' or '+' or '*'))
                continue;
            var numbers = text.Substring(at, i - at).Split('x');
            for (var side = 0; side < numbers.Length; side++)
            {
                var both = numbers[side].Split(':');
                target[side] = Int(both[0]);
                if (both.Length > 1)
                    more[side] = Int(both[1]) - target[side];
            }
            if (i < text.Length)
                target = text[i] switch { '/' => stride, '+' => padding, _ => dilation };
            at = i + 1;
        }
        return new(kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1], more[0], more[1]);
    }

    /// <summary>*times + plus / over, those left out that change nothing; = over where nothing may be left; > the least that comes in.</summary>
    private static string ResizingText(Resizing resizing)
    {
        var text = Invariant($"*{resizing.TimesHeight}x{resizing.TimesWidth}");
        if (resizing.PlusHeight != 0 || resizing.PlusWidth != 0)
            text += Invariant($"+{resizing.PlusHeight}x{resizing.PlusWidth}");
        if (resizing.OverHeight != 1 || resizing.OverWidth != 1)
            text += Invariant($"{(resizing.IsExact ? '=' : '/')}{resizing.OverHeight}x{resizing.OverWidth}");
        return resizing.IsLargeEnough(1, 1) ? text : text + Invariant($">{resizing.LeastHeight}x{resizing.LeastWidth}");
    }

    private static Resizing ReadResizing(string whole)
    {
        var (text, least) = whole.Split('>') is [var before, var behind] ? (before, behind) : (whole, "1x1");
        // Multiplied and divided, added and taken away: what a window's signs say of it.
        var (times, plus, over) = (text.Substring(1).Split('+', '/', '=')[0], "0x0", "1x1");
        foreach (var part in text.Substring(1 + times.Length).Split(['+'], StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('/', '=');
            if (pair[0].Length > 0)
                plus = pair[0];
            if (pair.Length > 1)
                over = pair[1];
        }
        return new(Int(times.Split('x')[0]), Int(times.Split('x')[1]), Int(plus.Split('x')[0]), Int(plus.Split('x')[1]), Int(over.Split('x')[0]), Int(over.Split('x')[1])) { IsExact = text.Contains('='), LeastHeight = Int(least.Split('x')[0]), LeastWidth = Int(least.Split('x')[1]) };
    }

    /// <summary>As arithmetic sequences: <c>0..58</c>, <c>1..58/2</c>, one number alone.</summary>
    public static string OrderText(ImmutableArray<int> order)
    {
        var sequences = new List<string>();
        for (var i = 0; i < order.Length;)
        {
            var step = i + 1 < order.Length ? order[i + 1] - order[i] : 1;
            var end = i + 1;
            while (step != 0 && end < order.Length && order[end] - order[end - 1] == step)
                end++;
            // Two numbers are a sequence of any step: the second may begin a longer one.
            if (end - i == 2 && step != 1)
                end = i + 1;
            sequences.Add(end - i == 1 ? Text(order[i]) : step == 1 ? Invariant($"{order[i]}..{order[end - 1] + 1}") : Invariant($"{order[i]}..{order[end - 1] + step}/{step}"));
            i = end;
        }
        return string.Join(" ", sequences);
    }

    public static ImmutableArray<int> ReadOrder(IEnumerable<string> words)
    {
        var order = ImmutableArray.CreateBuilder<int>();
        foreach (var word in words)
        {
            var numbers = word.Split(['.', '/'], StringSplitOptions.RemoveEmptyEntries);
            var (first, step) = (Int(numbers[0]), numbers.Length > 2 ? Int(numbers[2]) : 1);
            // What is damaged must not fill the memory.
            const int Most = 1 << 21;
            var count = numbers.Length <= 1 ? 1 : step == 0 ? long.MaxValue : (Int(numbers[1]) - (long)first) / step;
            if (count > Most)
                throw new FormatException($"The plan in the emitted class says '{word}', which is no order. Build the project again.");
            for (var k = 0; k < count; k++)
                order.Add(first + (k * step));
        }
        return order.ToImmutable();
    }

    /// <summary>A value's name as one word: of any characters but letters, digits and . _ - the number stands between percent signs.</summary>
    public static string NameText(string name) =>
        string.Concat(name.Select(static c => (c < 128 && char.IsLetterOrDigit(c)) || c is '.' or '_' or '-' ? c.ToString() : Invariant($"%{(int)c}%")));

    /// <summary>Reads a <see cref="NameText"/>.</summary>
    public static string ReadName(string text) => string.Concat(text.Split('%').Select(static (part, i) => i % 2 == 0 ? part : ((char)Int(part)).ToString()));

    /// <summary>The number of <c>g3</c> or <c>b12</c>.</summary>
    public static int Numbered(string text) => Int(text.Substring(1));

    public static int Int(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public static long Long(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public static double Real(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
