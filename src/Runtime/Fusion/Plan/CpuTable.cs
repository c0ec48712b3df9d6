using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Blockwright.Kernels;
using static System.FormattableString;

namespace Blockwright.Plans;

/// <summary>
/// A <see cref="CpuPlan"/> as a text that people read as well: what the emitted class hands to the runtime. The generator writes it and the runtime reads it, by this one
/// file. A line is a grid (<c>g2 = 3x3/2x2+1x1 over g1 # 56 x 56</c>), a rule on sizes (<c>? g2 = g3 : Add at x</c>) or a step, which names the buffer that it writes:
/// <c>b4: 58xg3 +1 s2 = Convolution b3[0..58], weights stage2.0.conv 58x24x1x1, norm stage2.0.bn 1E-05, ReLU</c>. Behind # it is for people alone.
/// </summary>
internal static class CpuTable
{
    /// <summary>What the first line begins with. A runtime of another version refuses it.</summary>
    public const string Header = "cpu 1";

    /// <summary>What stands in the place of a table where a layer has no kernel; the layer follows.</summary>
    public const string None = "none";

    private const string Ceil = "ceil";
    private const string ExcludePad = "exclude padding";
    private const string Planes = "planes";

    public static string Write(CpuPlan plan, CancellationToken cancellation = default)
    {
        var text = new StringBuilder();
        Line($"{Header} {plan.Element} {plan.Identity}");
        Line($"{plan.InChannels} -> {plan.OutChannels} g{plan.OutGrid}{(plan.IsFlat ? " flat" : "")}, {plan.Slots} slots");
        for (var i = 0; i < plan.Grids.Length; i++)
            Line($"g{i} = {GridText(plan.Grids[i])} # {plan.Grids[i].Height} x {plan.Grids[i].Width}");
        foreach (var rule in plan.SizeRules)
            Line($"? g{rule.Grid} = {(rule.Other < 0 ? Invariant($"{plan.Grids[rule.Grid].Height}x{plan.Grids[rule.Grid].Width}") : Invariant($"g{rule.Other}"))} : {rule.Where}");
        foreach (var step in plan.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            Line(StepText(plan, step));
        }
        return text.ToString().TrimEnd('\n');

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is of another version, or damaged.</exception>
    public static CpuPlan Read(string text)
    {
        var lines = text.Replace("\r", "").Split('\n');
        var head = lines[0].Split(' ');
        if (!lines[0].StartsWith(Header + " ", StringComparison.Ordinal) || head.Length != 4)
            throw new FormatException($"The plan begins with '{lines[0]}'; this version of Blockwright reads '{Header}'. Build the project again with the package that it runs with.");
        try
        {
            return new Reader(lines).Read((ElementType)Enum.Parse(typeof(ElementType), head[2]), head[3]);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw new FormatException("The plan in the emitted class is damaged. Build the project again.", e);
        }
    }

    private static string GridText(PlanGrid grid) => grid.Kind switch
    {
        GridKind.Input => "input",
        GridKind.Point => "point",
        _ => $"{WindowText(grid.Window)} over g{grid.From.ToString(CultureInfo.InvariantCulture)}{(grid.CeilMode ? " " + Ceil : "")}",
    };

    private static FormattableString StepText(CpuPlan plan, PlanStep step)
    {
        var parts = new List<string> { string.Join(" ", new[] { step.Kind.ToString() }.Concat(step.Inputs.Select(RunText))) };
        if (!step.Others.IsEmpty)
            parts.Add("with " + string.Join(" ", step.Others.Select(RunText)));
        if (step.Weights is { } weights)
        {
            if (weights.Key.Length > 0)
                parts.Add(Invariant($"weights {weights.Key} {string.Join("x", weights.Shape.Select(Text))}{(weights.HasBias ? " bias" : "")}"));
            if (weights.NormKey.Length > 0)
                parts.Add(Invariant($"norm {weights.NormKey} {weights.Eps:R}"));
            if (weights.Key.Length == 0)
                parts.Add(Invariant($"of {weights.Shape[0]}"));
        }
        if (step.Window != Window.Pixel)
            parts.Add("window " + WindowText(step.Window));
        if (step.CeilMode)
            parts.Add(Ceil);
        if (!step.CountIncludePad)
            parts.Add(ExcludePad);
        if (step.Groups != 1)
            parts.Add(Invariant($"groups {step.Groups}"));
        if (!step.Function.IsNone)
            parts.Add(string.Join(" ", new[] { "then", step.Function.Name }.Concat(step.Function.Parameters.Select(static value => value.ToString("R", CultureInfo.InvariantCulture)))));
        if (!step.InOrder.IsEmpty)
            parts.Add("in " + OrderText(step.InOrder));
        if (!step.OutOrder.IsEmpty)
            parts.Add("out " + OrderText(step.OutOrder));
        return $"{BufferText(plan, step.Output)} = {string.Join(", ", parts)}";
    }

    private static string BufferText(CpuPlan plan, int index)
    {
        if (index < 0)
            return "result";
        var buffer = plan.Buffers[index];
        var halo = buffer.Halo > 0 ? Invariant($" +{buffer.Halo}") : "";
        return Invariant($"b{index}: {buffer.Channels}xg{buffer.Grid}{halo}{(buffer.IsPlanes ? " " + Planes : "")} s{buffer.Slot}");
    }

    private static string RunText(PlanRun run) => Invariant($"b{run.Buffer}[{run.First}..{run.First + run.Count}]");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Kernel / stride + padding * dilation, those left out that change nothing.</summary>
    private static string WindowText(Window window)
    {
        var text = Invariant($"{window.KernelHeight}x{window.KernelWidth}");
        if (window.StrideHeight != 1 || window.StrideWidth != 1)
            text += Invariant($"/{window.StrideHeight}x{window.StrideWidth}");
        if (window.PaddingHeight != 0 || window.PaddingWidth != 0)
            text += Invariant($"+{window.PaddingHeight}x{window.PaddingWidth}");
        if (window.DilationHeight != 1 || window.DilationWidth != 1)
            text += Invariant($"*{window.DilationHeight}x{window.DilationWidth}");
        return text;
    }

    /// <summary>As arithmetic sequences: <c>0..58</c>, <c>1..58/2</c>, one number alone.</summary>
    private static string OrderText(ImmutableArray<int> order)
    {
        var sequences = new List<string>();
        for (var i = 0; i < order.Length;)
        {
            var step = i + 1 < order.Length ? order[i + 1] - order[i] : 1;
            var end = i + 1;
            while (end < order.Length && order[end] - order[end - 1] == step)
                end++;
            // Two numbers are a sequence of any step: the second may begin a longer one.
            if (end - i == 2 && step != 1)
                end = i + 1;
            sequences.Add(end - i == 1 ? Text(order[i]) : step == 1 ? Invariant($"{order[i]}..{order[end - 1] + 1}") : Invariant($"{order[i]}..{order[end - 1] + step}/{step}"));
            i = end;
        }
        return string.Join(" ", sequences);
    }

    /// <summary>One text in the reading.</summary>
    private sealed class Reader(string[] lines)
    {
        private readonly ImmutableArray<PlanGrid>.Builder _grids = ImmutableArray.CreateBuilder<PlanGrid>();
        private readonly ImmutableArray<SizeRule>.Builder _rules = ImmutableArray.CreateBuilder<SizeRule>();
        private readonly SortedDictionary<int, PlanBuffer> _buffers = [];
        private readonly ImmutableArray<PlanStep>.Builder _steps = ImmutableArray.CreateBuilder<PlanStep>();

        public CpuPlan Read(ElementType element, string identity)
        {
            var shape = lines[1].Split(' ', ',');
            for (var i = 2; i < lines.Length; i++)
            {
                var line = lines[i];
                if (line[0] == 'g')
                    ReadGrid(line);
                else if (line[0] == '?')
                    ReadRule(line);
                else
                    ReadStep(line);
            }
            var isFlat = shape[4] == "flat";
            return new(
                identity, element, Int(shape[0]), Int(shape[2]), Numbered(shape[3]), isFlat, Int(shape[shape.Length - 2]),
                _grids.ToImmutable(), _rules.ToImmutable(), _buffers.Values.ToImmutableArray(), _steps.ToImmutable());
        }

        private void ReadGrid(string line)
        {
            var words = line.Split(' ');
            var comment = Array.IndexOf(words, "#");
            var (height, width) = (Int(words[comment + 1]), Int(words[comment + 3]));
            _grids.Add(words[2] switch
            {
                "input" => new(GridKind.Input, -1, Window.Pixel, false, height, width),
                "point" => new(GridKind.Point, -1, Window.Pixel, false, height, width),
                var window => new(GridKind.Window, Numbered(words[4]), ReadWindow(window), words[5] == Ceil, height, width),
            });
        }

        private void ReadRule(string line)
        {
            var words = line.Split([' '], 6);
            _rules.Add(new(Numbered(words[1]), words[3][0] == 'g' ? Numbered(words[3]) : -1, words[5]));
        }

        private void ReadStep(string line)
        {
            var middle = line.IndexOf(" = ", StringComparison.Ordinal);
            var parts = line.Substring(middle + 3).Split([", "], StringSplitOptions.None);
            var output = ReadBuffer(line.Substring(0, middle));
            var words = parts[0].Split(' ');
            var step = new PlanStep((KernelKind)Enum.Parse(typeof(KernelKind), words[0]), output) { Inputs = Runs(words) };
            foreach (var part in parts.Skip(1))
                step = ReadPart(step, part);
            _steps.Add(step);
        }

        private int ReadBuffer(string text)
        {
            if (text == "result")
                return -1;
            var words = text.Split(' ');
            var (index, size) = (Numbered(words[0].TrimEnd(':')), words[1].Split('x'));
            var halo = words[2][0] == '+' ? Int(words[2].Substring(1)) : 0;
            _buffers[index] = new(Int(size[0]), Numbered(size[1]), halo, Numbered(words[words.Length - 1]), words.Contains(Planes));
            return index;
        }

        private static PlanStep ReadPart(PlanStep step, string part)
        {
            var words = part.Split(' ');
            return (words[0], part) switch
            {
                (_, Ceil) => step with { CeilMode = true },
                (_, ExcludePad) => step with { CountIncludePad = false },
                ("with", _) => step with { Others = Runs(words) },
                ("weights", _) => step with { Weights = new(words[1], words[2].Split('x').Select(Int).ToImmutableArray(), words.Length > 3, "", 0) },
                ("norm", _) => step with { Weights = (step.Weights ?? new("", ImmutableArray<int>.Empty, false, "", 0)) with { NormKey = words[1], Eps = Real(words[2]) } },
                ("of", _) => step with { Weights = step.Weights! with { Shape = ImmutableArray.Create(Int(words[1])) } },
                ("window", _) => step with { Window = ReadWindow(words[1]) },
                ("groups", _) => step with { Groups = Int(words[1]) },
                ("then", _) => step with { Function = new(words[1], words.Skip(2).Select(Real).ToImmutableArray()) },
                ("in", _) => step with { InOrder = ReadOrder(words) },
                ("out", _) => step with { OutOrder = ReadOrder(words) },
                _ => throw new FormatException($"The plan in the emitted class says '{part}', which this version of Blockwright does not know. Build the project again."),
            };
        }

        private static ImmutableArray<PlanRun> Runs(string[] words)
        {
            var runs = ImmutableArray.CreateBuilder<PlanRun>(words.Length - 1);
            for (var i = 1; i < words.Length; i++)
            {
                var numbers = words[i].Split(['[', '.', ']'], StringSplitOptions.RemoveEmptyEntries);
                var first = Int(numbers[1]);
                runs.Add(new(Numbered(numbers[0]), first, Int(numbers[2]) - first));
            }
            return runs.ToImmutable();
        }

        private static ImmutableArray<int> ReadOrder(string[] words)
        {
            var order = ImmutableArray.CreateBuilder<int>();
            for (var i = 1; i < words.Length; i++)
            {
                var numbers = words[i].Split(['.', '/'], StringSplitOptions.RemoveEmptyEntries);
                var (first, step) = (Int(numbers[0]), numbers.Length > 2 ? Int(numbers[2]) : 1);
                var count = numbers.Length > 1 ? (Int(numbers[1]) - first) / step : 1;
                for (var k = 0; k < count; k++)
                    order.Add(first + (k * step));
            }
            return order.ToImmutable();
        }

        private static Window ReadWindow(string text)
        {
            var (kernel, stride, padding, dilation) = (new[] { 1, 1 }, new[] { 1, 1 }, new[] { 0, 0 }, new[] { 1, 1 });
            var target = kernel;
            var at = 0;
            for (var i = 0; i <= text.Length; i++)
            {
                if (i < text.Length && text[i] is not ('/' or '+' or '*'))
                    continue;
                var numbers = text.Substring(at, i - at).Split('x');
                (target[0], target[1]) = (Int(numbers[0]), Int(numbers[1]));
                if (i < text.Length)
                    target = text[i] switch { '/' => stride, '+' => padding, _ => dilation };
                at = i + 1;
            }
            return new(kernel[0], kernel[1], stride[0], stride[1], padding[0], padding[1], dilation[0], dilation[1]);
        }

        /// <summary>The number of <c>g3</c> or <c>b12</c>.</summary>
        private static int Numbered(string text) => Int(text.Substring(1));

        private static int Int(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        private static double Real(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
    }
}
