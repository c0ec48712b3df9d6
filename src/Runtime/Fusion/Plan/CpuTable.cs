using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Blockwright.Kernels;
using static Blockwright.Plans.PlanWords;
using static System.FormattableString;

namespace Blockwright.Plans;

/// <summary>
/// A <see cref="CpuPlan"/> as a text that people read as well: what the emitted class hands to the runtime. The generator writes it and the runtime reads it, by this one
/// file. A line is a grid (<c>g2 = 3x3/2x2+1x1 over g1 # 56 x 56</c>), a rule on sizes (<c>? g2 = g3 : Add at x</c>), a step, which names the buffer that it writes:
/// <c>b4: 58xg3 +1 s2 = Convolution b3[0..58], weights stage2.0.conv 58x24x1x1, norm stage2.0.bn 1E-05, ReLU</c> (of what torch computes the rest of the line says which layers: <c>b5: 8xg1 s0 = Island b4[0..8], calls 0 : up: Module&lt;Up></c>; what is planes without an input holds elements in torch's order: <c>b6: 18xg1 planes s1 = Permute b5[0..18], sizes (3,6,1*h,1*w), dims 0 2..4 1, then Sigmoid</c>), or where a named value lies (<c>= stage2 g3 b4[0..58] b6[0..58], in 0..116/2 1..117/2</c>). Behind # it is for people alone.
/// </summary>
internal static class CpuTable
{
    /// <summary>What the first line begins with. A runtime of another version refuses it.</summary>
    public const string Header = "cpu 1";

    /// <summary>What stands in the place of a table where torch computes all; the layers without a kernel follow.</summary>
    public const string None = "none";

    private const string ExcludePad = "exclude padding";
    private const string Planes = "planes";
    private const string Result = "result";

    // What is behind it goes to the end of the line.
    private const string Calls = ", calls ";

    /// <summary>Layers without a kernel, for people: the first few of many.</summary>
    public static string LayersText(IReadOnlyCollection<string> layers)
    {
        const int MostListed = 3;
        return string.Join("; ", layers.Take(MostListed)) + (layers.Count > MostListed ? Invariant($" and {layers.Count - MostListed} more") : "");
    }

    public static string Write(CpuPlan plan, CancellationToken cancellation = default)
    {
        var text = new StringBuilder();
        Line($"{Header} {plan.Element} {plan.Identity}");
        Line($"{plan.InChannels} -> {ResultsText(plan.Results)}, {plan.Slots} slots");
        for (var i = 0; i < plan.Grids.Length; i++)
            Line($"{GridLine(i, plan.Grids[i])}");
        foreach (var rule in plan.SizeRules)
            Line($"{RuleLine(plan.Grids, rule)}");
        foreach (var step in plan.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            Line(StepText(plan, step));
        }
        foreach (var value in plan.Named)
            Line($"{NamedText(value)}");
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

    private static FormattableString StepText(CpuPlan plan, PlanStep step)
    {
        var parts = new List<string> { string.Join(" ", new[] { step.Kind.ToString() }.Concat(step.Inputs.Select(RunText))) };
        if (!step.Others.IsEmpty)
            parts.Add("with " + string.Join(" ", step.Others.Select(RunText)));
        if (step.Weights is { } weights)
            parts.AddRange(WeightsParts(weights));
        if (step.Window != Window.Pixel)
            parts.Add("window " + WindowText(step.Window));
        if (step.CeilMode)
            parts.Add(Ceil);
        if (!step.CountIncludePad)
            parts.Add(ExcludePad);
        if (step.Groups != 1)
            parts.Add(Invariant($"groups {step.Groups}"));
        if (step.Eps != 0)
            parts.Add(Invariant($"eps {step.Eps:R}"));
        if (!step.Sizes.IsEmpty)
            parts.Add("sizes " + DimensionsText(step.Sizes));
        if (!step.Dims.IsEmpty)
            parts.Add("dims " + OrderText(step.Dims));
        if (step.Kind == KernelKind.LocalResponseNorm)
            parts.Add(Invariant($"response {step.Response.Size} {step.Response.Alpha:R} {step.Response.Beta:R} {step.Response.K:R}"));
        if (!step.Function.IsNone)
            parts.Add(string.Join(" ", new[] { "then", step.Function.Name }.Concat(step.Function.Parameters.Select(static value => value.ToString("R", CultureInfo.InvariantCulture)))));
        if (!step.InOrder.IsEmpty)
            parts.Add("in " + OrderText(step.InOrder));
        if (!step.OutOrder.IsEmpty)
            parts.Add("out " + OrderText(step.OutOrder));
        if (step.Kind == KernelKind.Island)
            return $"{TargetText(plan, step)} = {string.Join(", ", parts)}{Calls}{step.Island} : {step.Layers}";
        return $"{TargetText(plan, step)} = {string.Join(", ", parts)}";
    }

    private static string NamedText(PlanNamed value) =>
        Invariant($"= {NameText(value.Name)} g{value.Grid}{ShapeText(value.IsFlat, value.Dimensions)} {string.Join(" ", value.Runs.Select(RunText))}{(value.Order.IsEmpty ? "" : ", in " + OrderText(value.Order))}");

    /// <summary>A buffer, or the caller's memory for one of the results.</summary>
    private static string TargetText(CpuPlan plan, PlanStep step)
    {
        var index = step.Output;
        if (index < 0)
            return step.Result == 0 ? Result : Invariant($"{Result} {step.Result}");
        var buffer = plan.Buffers[index];
        var halo = buffer.Halo > 0 ? Invariant($" +{buffer.Halo}") : "";
        return Invariant($"b{index}: {buffer.Channels}xg{buffer.Grid}{halo}{(buffer.IsPlanes ? " " + Planes : "")} s{buffer.Slot}");
    }

    private static string RunText(PlanRun run) => Invariant($"b{run.Buffer}[{run.First}..{run.First + run.Count}]");

    /// <summary>One text in the reading.</summary>
    private sealed class Reader(string[] lines)
    {
        private readonly ImmutableArray<PlanGrid>.Builder _grids = ImmutableArray.CreateBuilder<PlanGrid>();
        private readonly ImmutableArray<SizeRule>.Builder _rules = ImmutableArray.CreateBuilder<SizeRule>();
        // By their numbers: each line names one at most.
        private readonly PlanBuffer?[] _buffers = new PlanBuffer?[lines.Length];
        private readonly ImmutableArray<PlanStep>.Builder _steps = ImmutableArray.CreateBuilder<PlanStep>();
        private readonly ImmutableArray<PlanNamed>.Builder _named = ImmutableArray.CreateBuilder<PlanNamed>();

        public CpuPlan Read(ElementType element, string identity)
        {
            var (results, slots) = ReadShape(lines[1]);
            for (var i = 2; i < lines.Length; i++)
            {
                var line = lines[i];
                if (line[0] == 'g')
                    _grids.Add(ReadGrid(line));
                else if (line[0] == '?')
                    _rules.Add(ReadRule(line));
                else if (line[0] == '=')
                    _named.Add(ReadNamed(line));
                else
                    ReadStep(line);
            }
            return new(
                identity, element, Int(lines[1].Split(' ')[0]), results, slots,
                _grids.ToImmutable(), _rules.ToImmutable(), _buffers.OfType<PlanBuffer>().ToImmutableArray(), _steps.ToImmutable())
            {
                Named = _named.ToImmutable(),
            };
        }

        private static (ImmutableArray<PlanResult> Results, int Slots) ReadShape(string line)
        {
            var (arrow, comma) = (line.IndexOf("-> ", StringComparison.Ordinal), line.LastIndexOf(", ", StringComparison.Ordinal));
            return (ReadResults(line.Substring(arrow + 3, comma - arrow - 3)), Int(line.Substring(comma + 2).Split(' ')[0]));
        }

        private static PlanNamed ReadNamed(string line)
        {
            var parts = line.Split([", in "], StringSplitOptions.None);
            var words = parts[0].Split(' ');
            var (isFlat, sizes) = ReadShapeWord(words[3]);
            return new(ReadName(words[1]), Numbered(words[2]), isFlat, Runs(words, isFlat || !sizes.IsEmpty ? 4 : 3), parts.Length > 1 ? ReadOrder(parts[1].Split(' ')) : ImmutableArray<int>.Empty) { Dimensions = sizes };
        }

        private void ReadStep(string line)
        {
            var (middle, end) = (line.IndexOf(" = ", StringComparison.Ordinal), line.IndexOf(Calls, StringComparison.Ordinal));
            var parts = line.Substring(middle + 3, (end < 0 ? line.Length : end) - middle - 3).Split([", "], StringSplitOptions.None);
            var (output, result) = ReadTarget(line.Substring(0, middle));
            var words = parts[0].Split(' ');
            var step = new PlanStep((KernelKind)Enum.Parse(typeof(KernelKind), words[0]), output) { Inputs = Runs(words), Result = result };
            foreach (var part in parts.Skip(1))
                step = ReadPart(step, part);
            _steps.Add(end < 0 ? step : ReadCalls(step, line.Substring(end + Calls.Length).Split([' '], 3)));
        }

        private static PlanStep ReadCalls(PlanStep step, string[] words) => step with { Island = Int(words[0]), Layers = words[2] };

        private (int Buffer, int Result) ReadTarget(string text)
        {
            var words = text.Split(' ');
            if (words[0] == Result)
                return (-1, words.Length > 1 ? Int(words[1]) : 0);
            var (index, size) = (Numbered(words[0].TrimEnd(':')), words[1].Split('x'));
            var halo = words[2][0] == '+' ? Int(words[2].Substring(1)) : 0;
            _buffers[index] = new(Int(size[0]), Numbered(size[1]), halo, Numbered(words[words.Length - 1]), words.Contains(Planes));
            return (index, 0);
        }

        private static PlanStep ReadPart(PlanStep step, string part)
        {
            var words = part.Split(' ');
            return (words[0], part) switch
            {
                (_, Ceil) => step with { CeilMode = true },
                (_, ExcludePad) => step with { CountIncludePad = false },
                ("with", _) => step with { Others = Runs(words) },
                ("weights" or "norm" or Transposed or Scale or "of" or Plus, _) => step with { Weights = ReadWeights(step.Weights, words) },
                ("window", _) => step with { Window = ReadWindow(words[1]) },
                ("eps", _) => step with { Eps = Real(words[1]) },
                ("sizes", _) => step with { Sizes = ReadDimensions(words[1]) },
                ("dims", _) => step with { Dims = ReadOrder(words.Skip(1)) },
                ("response", _) => step with { Response = new(Int(words[1]), Real(words[2]), Real(words[3]), Real(words[4])) },
                ("groups", _) => step with { Groups = Int(words[1]) },
                ("then", _) => step with { Function = new(words[1], words.Skip(2).Select(Real).ToImmutableArray()) },
                ("in", _) => step with { InOrder = ReadOrder(words.Skip(1)) },
                ("out", _) => step with { OutOrder = ReadOrder(words.Skip(1)) },
                _ => throw new FormatException($"The plan in the emitted class says '{part}', which this version of Blockwright does not know. Build the project again."),
            };
        }

        private static ImmutableArray<PlanRun> Runs(string[] words, int first = 1)
        {
            var runs = ImmutableArray.CreateBuilder<PlanRun>(words.Length - first);
            for (var i = first; i < words.Length; i++)
            {
                var numbers = words[i].Split(['[', '.', ']'], StringSplitOptions.RemoveEmptyEntries);
                var begin = Int(numbers[1]);
                runs.Add(new(Numbered(numbers[0]), begin, Int(numbers[2]) - begin));
            }
            return runs.ToImmutable();
        }
    }
}
