using System.Collections.Immutable;
using System.Text;
using Blockwright.Generator.Plan.Gpu;
using Blockwright.Graph;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>
/// The text of one kernel and what it is given. Names in it are the kernel's own, and where channels and weights lie is given: two steps that do the same to other planes and weights have the same text.
/// </summary>
internal sealed class KernelText(GpuPlan plan, GpuStep step)
{
    /// <summary>Stands in a text for the kernel's name, which it gets once it is known to be like no other.</summary>
    public const string Name = "@";

    /// <summary>Runs that a chain of comparisons tells apart; more are a table.</summary>
    private const int MostComparisons = 12;

    private readonly List<(string Declaration, GpuArgument Argument)> _pointers = [];
    private readonly List<(string Declaration, GpuArgument Argument)> _numbers = [];
    private readonly List<int> _buffers = [];
    private readonly List<int> _grids = [];
    private readonly StringBuilder _tables = new();
    private int _tableCount;

    public GpuStep Step => step;

    /// <summary>The number of a weights' memory's first float of this step: a variable.</summary>
    public string WeightsAt()
    {
        _pointers.Insert(0, ("GLOBAL const float* RESTRICT w", new(GpuArgumentKind.Weights, 0)));
        return Number((int)step.Weights!.At);
    }

    /// <summary>The variable of a grid's height.</summary>
    public string Height(int grid) => "h" + PlanWords.Text(NumberOf(grid));

    /// <summary>The variable of a grid's width.</summary>
    public string Width(int grid) => "w" + PlanWords.Text(NumberOf(grid));

    /// <summary>The variable of a grid's pixels.</summary>
    public string Pixels(int grid) => "hw" + PlanWords.Text(NumberOf(grid));

    /// <summary>The grid that a run's planes have.</summary>
    public int GridOf(PlanRun run) => plan.Buffers[run.Buffer].Grid;

    /// <summary>Whether an operand is one pixel that is spread over the step's map: a gate.</summary>
    public bool IsSpread(PlanRun run)
    {
        var (own, result) = (plan.Rows.Grids[GridOf(run)], plan.Rows.Grids[step.Grid]);
        return GridOf(run) != step.Grid && (own.Kind == GridKind.Point || (own is { Height: 1, Width: 1 } && result is not { Height: 1, Width: 1 }));
    }

    /// <summary>The address of a channel's plane: an expression.</summary>
    /// <param name="runs">Where the channels lie.</param>
    /// <param name="image">The image's number: a variable.</param>
    /// <param name="channel">The channel's number: a variable.</param>
    public string Plane(ImmutableArray<PlanRun> runs, string image, string channel)
    {
        var buffers = runs.Select(static run => run.Buffer).Distinct().ToList();
        var plane = Plan(runs, channel);
        if (buffers.Count == 1)
            return Address(buffers[0], image, plane);
        // Several heights and widths that are equal at the declared size: each has a buffer of its own.
        var pieces = Pieces(runs);
        return Choose(pieces.ConvertAll(piece => (piece.End, Address(piece.Buffer, image, plane))), channel);
    }

    /// <summary>What the step applies last to v: an expression.</summary>
    public string Apply(string v) => step.Function.IsNone ? v : $"{Name}_apply({v})";

    /// <summary>The kernel with its parameters; what stands before its body are its tables, functions and sizes.</summary>
    public string Whole(int threads, string summary, string body)
    {
        var text = new StringBuilder();
        text.Append("// ").Append(summary).Append('\n').Append(_tables.ToString());
        if (!step.Function.IsNone)
            text.Append("DEVICE float ").Append(Name).Append("_apply(float x) { return ").Append(DeviceFormulas.Of(step.Function)).Append("; }\n");
        var parameters = _pointers.Concat(_numbers).Select(static each => each.Declaration).Append("int n").Concat(_grids.Select((_, i) => Invariant($"int h{i}, int w{i}")));
        text.Append(Invariant($"KERNEL({Name}, {threads}, {string.Join(", ", parameters)})\n{{\n"));
        for (var i = 0; i < _grids.Count; i++)
            text.Append(Invariant($"    const int hw{i} = h{i} * w{i};\n"));
        foreach (var line in body.Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0))
            text.Append(line).Append('\n');
        return text.Append("}\n").ToString();
    }

    /// <summary>What the kernel is given, as <see cref="Whole"/> declares it.</summary>
    public ImmutableArray<GpuArgument> Arguments => _pointers.Concat(_numbers).Select(static each => each.Argument)
        .Append(new(GpuArgumentKind.Batch, 0))
        .Concat(_grids.SelectMany(static grid => new[] { new GpuArgument(GpuArgumentKind.Height, grid), new GpuArgument(GpuArgumentKind.Width, grid) }))
        .ToImmutableArray();

    private int NumberOf(int grid)
    {
        if (!_grids.Contains(grid))
            _grids.Add(grid);
        return _grids.IndexOf(grid);
    }

    private string Address(int buffer, string image, string plane)
    {
        if (!_buffers.Contains(buffer))
        {
            _pointers.Add((Invariant($"GLOBAL float* b{_buffers.Count}"), new(GpuArgumentKind.Buffer, buffer)));
            _buffers.Add(buffer);
        }
        return Invariant($"b{_buffers.IndexOf(buffer)} + SIZE({image} * {plan.Buffers[buffer].Planes} + {plane}) * {Pixels(plan.Buffers[buffer].Grid)}");
    }

    /// <summary>The number of a channel's plane in its buffer.</summary>
    private string Plan(ImmutableArray<PlanRun> runs, string channel)
    {
        var planes = new List<(int End, int Shift)>();
        var end = 0;
        foreach (var run in runs)
        {
            var shift = run.First - end;
            end += run.Count;
            if (planes.Count > 0 && planes[planes.Count - 1].Shift == shift)
                planes[planes.Count - 1] = (end, shift);
            else
                planes.Add((end, shift));
        }
        if (planes.Count <= MostComparisons)
            return Choose(planes.ConvertAll(piece => (piece.End, $"{channel} + {Number(piece.Shift)}")), channel);
        var table = Name + "_t" + PlanWords.Text(_tableCount++);
        _tables.Append(Invariant($"TABLE({table}) = {{ {string.Join(", ", runs.SelectMany(static run => Enumerable.Range(run.First, run.Count)).Select(PlanWords.Text))} }};\n"));
        return $"{table}[{channel}]";
    }

    /// <summary>A variable that is given a number. Arguments lie where a GPU's instructions take them from at no cost, so that a constant would be no better.</summary>
    private string Number(int value)
    {
        var name = Invariant($"i{_numbers.Count}");
        _numbers.Add(($"int {name}", new(GpuArgumentKind.Number, value)));
        return name;
    }

    private static List<(int Buffer, int End)> Pieces(ImmutableArray<PlanRun> runs)
    {
        var pieces = new List<(int Buffer, int End)>();
        var end = 0;
        foreach (var run in runs)
        {
            end += run.Count;
            if (pieces.Count > 0 && pieces[pieces.Count - 1].Buffer == run.Buffer)
                pieces.RemoveAt(pieces.Count - 1);
            pieces.Add((run.Buffer, end));
        }
        return pieces;
    }

    /// <summary>The value of the first piece that ends behind the channel.</summary>
    private string Choose(List<(int End, string Value)> pieces, string channel)
    {
        var text = pieces[pieces.Count - 1].Value;
        for (var i = pieces.Count - 2; i >= 0; i--)
            text = $"{channel} < {Number(pieces[i].End)} ? {pieces[i].Value} : {text}";
        return pieces.Count == 1 ? text : $"({text})";
    }
}
