using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using static Blockwright.Plans.PlanWords;

namespace Blockwright.Plans;

/// <summary>
/// A <see cref="GpuProgram"/> as a text that people read as well: what the emitted class hands to the runtime. The generator writes it and the runtime reads it, by this one file. Behind the inputs' channels and
/// the results (<c>3 + 1 -> 24 g8 as Coarse + 10 g2 flat as Class, 2 slots</c>) each line is a grid, a rule on sizes, a buffer (<c>b2 = 116 planes of g3 in s0</c>), weights (<c>w 128 = products, weights conv 24x3x3x3, norm bn 1E-05</c>), the beginning of a schedule (<c>from batch 1</c>) or a launch
/// (<c>k3 g4/64*2 b0 b2 w 128 n g4.h g4.w : b0.0+3 &gt; b2.0+24 # conv1.0</c>, with the planes that it reads and writes); then come the kernels, each behind a line with its name.
/// </summary>
internal static class GpuTable
{
    /// <summary>What the first line begins with. A runtime of another version refuses it.</summary>
    public const string Header = "gpu 1";

    private const string KernelLine = "==== ";
    private const string Schedule = "from batch ";
    private const string Caller = "the caller's";

    public static string Write(GpuProgram program, CancellationToken cancellation = default)
    {
        var text = new StringBuilder();
        Line($"{Header} {program.Element} {program.Identity}");
        Line($"{string.Join(" + ", program.Buffers.Take(program.Inputs).Select(static input => Text(input.Planes)))} -> {ResultsText(program.Results)}, {program.Slots} slots");
        for (var i = 0; i < program.Grids.Length; i++)
            Line($"{GridLine(i, program.Grids[i])}");
        foreach (var rule in program.SizeRules)
            Line($"{RuleLine(program.Grids, rule)}");
        for (var i = 0; i < program.Buffers.Length; i++)
            Line($"b{i} = {program.Buffers[i].Planes} planes of g{program.Buffers[i].Grid} in {(program.Buffers[i].Slot < 0 ? Caller : "s" + Text(program.Buffers[i].Slot))}");
        foreach (var weights in program.Weights)
            Line($"{WeightsLine(weights)}");
        foreach (var schedule in program.Schedules)
        {
            cancellation.ThrowIfCancellationRequested();
            Line($"{Schedule}{schedule.FromBatch}");
            foreach (var launch in schedule.Launches)
                Line($"k{launch.Kernel} g{launch.Groups.Grid}/{launch.Groups.Pixels}*{launch.Groups.Each} {string.Join(" ", launch.Arguments.Select(ArgumentText))} : {string.Join(" ", launch.Reads.Select(RunText))} > {string.Join(" ", launch.Writes.Select(RunText))} # {launch.What}");
        }
        foreach (var kernel in program.Kernels)
        {
            cancellation.ThrowIfCancellationRequested();
            Line($"{KernelLine}{kernel.Name} {kernel.Threads} threads {kernel.SharedBytes} bytes shared");
            text.Append(kernel.Source.TrimEnd('\n')).Append('\n');
        }
        return text.ToString().TrimEnd('\n');

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">It is of another version, or damaged.</exception>
    public static GpuProgram Read(string text)
    {
        var lines = text.Replace("\r", "").Split('\n');
        var head = lines[0].Split(' ');
        if (!lines[0].StartsWith(Header + " ", StringComparison.Ordinal) || head.Length != 4)
            throw new FormatException($"The program begins with '{lines[0]}'; this version of Blockwright reads '{Header}'. Build the project again with the package that it runs with.");
        try
        {
            return new Reader().Read(lines, (ElementType)Enum.Parse(typeof(ElementType), head[2]), head[3]);
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentException or OverflowException or InvalidOperationException or NullReferenceException)
        {
            throw new FormatException("The program in the emitted class is damaged. Build the project again.", e);
        }
    }

    private static string WeightsLine(GpuWeights weights)
    {
        var parts = new List<string> { weights.Packing == GpuPacking.Products ? "products" : "channels" };
        parts.AddRange(WeightsParts(weights.Of));
        if (weights.Groups != 1)
            parts.Add($"groups {Text(weights.Groups)}");
        if (!weights.InOrder.IsEmpty)
            parts.Add("in " + OrderText(weights.InOrder));
        if (!weights.OutOrder.IsEmpty)
            parts.Add("out " + OrderText(weights.OutOrder));
        return $"w {weights.At.ToString(CultureInfo.InvariantCulture)} = {string.Join(", ", parts)}";
    }

    private static string ArgumentText(GpuArgument argument) => argument.Kind switch
    {
        GpuArgumentKind.Buffer => $"b{Text(argument.Value)}",
        GpuArgumentKind.Weights => "w",
        GpuArgumentKind.Number => Text(argument.Value),
        GpuArgumentKind.Batch => "n",
        GpuArgumentKind.Height => $"g{Text(argument.Value)}.h",
        _ => $"g{Text(argument.Value)}.w",
    };

    private static GpuArgument ReadArgument(string text) => text switch
    {
        "w" => new(GpuArgumentKind.Weights, 0),
        "n" => new(GpuArgumentKind.Batch, 0),
        _ when text[0] == 'b' => new(GpuArgumentKind.Buffer, Numbered(text)),
        _ when text[0] == 'g' => new(text[text.Length - 1] == 'h' ? GpuArgumentKind.Height : GpuArgumentKind.Width, Numbered(text.Substring(0, text.Length - 2))),
        _ => new(GpuArgumentKind.Number, Int(text)),
    };

    private static string RunText(PlanRun run) => $"b{Text(run.Buffer)}.{Text(run.First)}+{Text(run.Count)}";

    private static PlanRun ReadRun(string text)
    {
        var words = text.Split('.', '+');
        return new(Numbered(words[0]), Int(words[1]), Int(words[2]));
    }

    /// <summary>One text in the reading.</summary>
    private sealed class Reader
    {
        private readonly ImmutableArray<PlanGrid>.Builder _grids = ImmutableArray.CreateBuilder<PlanGrid>();
        private readonly ImmutableArray<SizeRule>.Builder _rules = ImmutableArray.CreateBuilder<SizeRule>();
        private readonly ImmutableArray<GpuBuffer>.Builder _buffers = ImmutableArray.CreateBuilder<GpuBuffer>();
        private readonly ImmutableArray<GpuWeights>.Builder _weights = ImmutableArray.CreateBuilder<GpuWeights>();
        private readonly ImmutableArray<GpuSchedule>.Builder _schedules = ImmutableArray.CreateBuilder<GpuSchedule>();
        private readonly ImmutableArray<GpuKernel>.Builder _kernels = ImmutableArray.CreateBuilder<GpuKernel>();
        private readonly List<GpuLaunch> _launches = [];

        public GpuProgram Read(string[] lines, ElementType element, string identity)
        {
            var (arrow, comma) = (lines[1].IndexOf(" -> ", StringComparison.Ordinal), lines[1].LastIndexOf(", ", StringComparison.Ordinal));
            var (inputs, results) = (lines[1].Substring(0, arrow).Split('+').Length, ReadResults(lines[1].Substring(arrow + 4, comma - arrow - 4)));
            var i = 2;
            for (; i < lines.Length && !lines[i].StartsWith(KernelLine, StringComparison.Ordinal); i++)
                ReadLine(lines[i]);
            EndSchedule();
            while (i < lines.Length)
                ReadKernel(lines, ref i);
            return new(
                identity, element, inputs, results, _grids.ToImmutable(), _rules.ToImmutable(), Int(lines[1].Substring(comma + 2).Split(' ')[0]),
                _buffers.ToImmutable(), _weights.ToImmutable(), _kernels.ToImmutable(), _schedules.ToImmutable());
        }

        private void ReadLine(string line)
        {
            switch (line[0])
            {
                case 'g': _grids.Add(ReadGrid(line)); break;
                case '?': _rules.Add(ReadRule(line)); break;
                case 'b': ReadBuffer(line); break;
                case 'w': ReadWeightsLine(line); break;
                case 'f': EndSchedule(); _schedules.Add(new(Int(line.Substring(Schedule.Length)), ImmutableArray<GpuLaunch>.Empty)); break;
                default: ReadLaunch(line); break;
            }
        }

        private void EndSchedule()
        {
            if (_schedules.Count > 0)
                _schedules[_schedules.Count - 1] = _schedules[_schedules.Count - 1] with { Launches = _launches.ToImmutableArray() };
            _launches.Clear();
        }

        private void ReadBuffer(string line)
        {
            var words = line.Split(' ');
            _buffers.Add(new(Int(words[2]), Numbered(words[5]), words[7][0] == 's' ? Numbered(words[7]) : -1));
        }

        private void ReadWeightsLine(string line)
        {
            var middle = line.IndexOf(" = ", StringComparison.Ordinal);
            var parts = line.Substring(middle + 3).Split([", "], StringSplitOptions.None);
            var read = new GpuWeights(null!, parts[0] == "products" ? GpuPacking.Products : GpuPacking.Channels, 1, ImmutableArray<int>.Empty, ImmutableArray<int>.Empty, long.Parse(line.Substring(2, middle - 2), NumberStyles.None, CultureInfo.InvariantCulture));
            foreach (var part in parts.Skip(1))
            {
                var words = part.Split(' ');
                read = words[0] switch
                {
                    "groups" => read with { Groups = Int(words[1]) },
                    "in" => read with { InOrder = ReadOrder(words.Skip(1)) },
                    "out" => read with { OutOrder = ReadOrder(words.Skip(1)) },
                    _ => read with { Of = ReadWeights(read.Of, words) },
                };
            }
            _weights.Add(read);
        }

        private void ReadLaunch(string line)
        {
            var comment = line.IndexOf(" # ", StringComparison.Ordinal);
            var words = line.Substring(0, comment).Split(' ');
            var groups = words[1].Split('/', '*');
            int reads = Array.IndexOf(words, ":"), writes = Array.IndexOf(words, ">");
            _launches.Add(new(Numbered(words[0]), new(Numbered(groups[0]), Int(groups[1]), Int(groups[2])), words.Take(reads).Skip(2).Select(ReadArgument).ToImmutableArray(), line.Substring(comment + 3))
            {
                Reads = words.Take(writes).Skip(reads + 1).Select(ReadRun).ToImmutableArray(),
                Writes = words.Skip(writes + 1).Select(ReadRun).ToImmutableArray(),
            });
        }

        private void ReadKernel(string[] lines, ref int i)
        {
            var words = lines[i++].Split(' ');
            var source = new StringBuilder();
            for (; i < lines.Length && !lines[i].StartsWith(KernelLine, StringComparison.Ordinal); i++)
                source.Append(lines[i]).Append('\n');
            _kernels.Add(new(words[1], Int(words[2]), Int(words[4]), source.ToString()));
        }
    }
}
