using System.Globalization;
using System.Text;

namespace Blockwright.Generator.Tests.Properties;

/// <summary>
/// A drawn class, and what it is drawn for: its parameters with their values in each use, and what each asks for (null where it never says
/// <c>out</c>); whether it keeps the channels whatever they are.
/// </summary>
internal sealed record DrawnBlock(string Name, IReadOnlyList<(string Name, long[] Values)> Parameters, DrawnShape Input, long[]? Out, DrawnShape Result, bool SurelyKeeps)
{
    /// <summary>How many parameters behind those are activations.</summary>
    public int Activations { get; init; }

    /// <summary>The names of the values that it gives, where it gives several.</summary>
    public IReadOnlyList<(string Name, DrawnShape Shape)> Results { get; init; } = [];
}

/// <summary>One use of the outermost class: its constructor's arguments, the same for the interpreter, and C, H, W.</summary>
internal sealed record DrawnUse(int[] Arguments, long? Asked, long[] Parameters, long[] Input);

/// <summary>Valid declarations that were drawn at random: a network or a block, and the blocks that it uses.</summary>
internal sealed record DrawnProgram(string Source, string Root, IReadOnlyList<DrawnUse> Uses)
{
    /// <summary>The shapes of a network's further inputs, C, H, W, by their names; none where it has one.</summary>
    public IReadOnlyList<(string Name, long[] Shape)> Further { get; private init; } = [];

    /// <summary>A network with several inputs.</summary>
    public static DrawnProgram DrawInputs(int[] choices, string space)
    {
        var drawing = new ProgramDrawing(new Tape(choices));
        var input = new DrawnShape([1 + drawing.Tape.Next(6)], [5 + drawing.Tape.Next(5)], [5 + drawing.Tape.Next(5)]);
        var (root, further) = drawing.NetworkWithInputs(input);
        return new($"using Blockwright;\n\nnamespace {space};\n\n{drawing.Source}{(drawing.Source.Contains("Module<Gain>", StringComparison.Ordinal) ? Gain : "")}", $"{space}.{root.Name}", [UseOf(root, 0, isNetwork: true)])
        {
            Further = [.. further.Select(static each => (each.Name, new[] { each.Shape.Channels[0], each.Shape.Height[0], each.Shape.Width[0] }))],
        };
    }

    public static DrawnProgram Draw(int[] choices, string space)
    {
        var drawing = new ProgramDrawing(new Tape(choices));
        var isNetwork = drawing.Tape.Chance(2);
        var uses = isNetwork ? 1 : 2;
        long[] Draw(int least, int most) => [.. Enumerable.Range(0, uses).Select(_ => (long)(least + drawing.Tape.Next(most - least + 1)))];
        var input = new DrawnShape(Draw(1, 12), Draw(5, 9), Draw(5, 9));
        var root = isNetwork ? drawing.Network(input) : drawing.Block(input, drawing.Tape.Chance(3) ? Draw(1, 9) : null, depth: 0, new BlockLimits(IsOutermost: true));
        return new($"using Blockwright;\n\nnamespace {space};\n\n{drawing.Source}{(drawing.Source.Contains("Module<Gain>", StringComparison.Ordinal) ? Gain : "")}", $"{space}.{root.Name}", [.. Enumerable.Range(0, uses).Select(use => UseOf(root, use, isNetwork))]);
    }

    /// <summary>A module of the user's own, where one is drawn.</summary>
    private const string Gain = """
        public class Gain : TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>
        {
            private readonly TorchSharp.Modules.Parameter weight;
            public Gain(double gain = 1.5) : base(nameof(Gain)) => weight = new(TorchSharp.torch.tensor(new[] { (float)gain }));
            public Gain(int channels) : this(1.0 / channels) { }
            public override TorchSharp.torch.Tensor forward(TorchSharp.torch.Tensor x) => x * weight;
        }
        """;

    private static DrawnUse UseOf(DrawnBlock root, int use, bool isNetwork)
    {
        long[] parameters = [.. root.Parameters.Select(parameter => parameter.Values[use])];
        var asked = root.Out?[use];
        long[] arguments = isNetwork ? parameters : [root.Input.Channels[use], .. asked is { } channels ? [channels] : Array.Empty<long>(), .. parameters];
        return new([.. arguments.Select(static argument => (int)argument)], asked, parameters, [root.Input.Channels[use], root.Input.Height[use], root.Input.Width[use]]);
    }
}

/// <summary>
/// What a block must be like for where it is used: whether its result has the height and width of its input, or its whole shape; the parameters
/// that the stage's first unit has, where it may have no others; whether nothing follows it; how many values it gives, where it gives several.
/// </summary>
internal sealed record BlockLimits(bool KeepsSize = false, bool Keeps = false, IReadOnlyList<(string Name, long[] Values)>? Given = null, bool IsOutermost = false, int Results = 1);

/// <summary>Draws classes.</summary>
internal sealed class ProgramDrawing(Tape tape)
{
    private readonly StringBuilder _source = new();
    private int _names;

    public Tape Tape => tape;

    public string Source => _source.ToString();

    /// <summary>A name that nothing else in the program has.</summary>
    public string NewName(string stem) => stem + (++_names).ToString(CultureInfo.InvariantCulture);

    public DrawnBlock Network(DrawnShape input) => Finish(new BlockDrawing(this, input, null, depth: 0, new BlockLimits(IsOutermost: true), isNetwork: true));

    public (DrawnBlock Network, IReadOnlyList<(string Name, DrawnShape Shape)> Further) NetworkWithInputs(DrawnShape input)
    {
        var drawing = new BlockDrawing(this, input, null, depth: 0, new BlockLimits(IsOutermost: true), isNetwork: true);
        drawing.TakeInputs();
        return (Finish(drawing), drawing.Further);
    }

    public DrawnBlock Block(DrawnShape input, long[]? asked, int depth, BlockLimits limits) => Finish(new BlockDrawing(this, input, asked, depth, limits, isNetwork: false));

    private DrawnBlock Finish(BlockDrawing drawing)
    {
        var block = drawing.Draw(NewName("Drawn"));
        _source.Append(drawing.Text).Append("public partial class ").Append(block.Name).Append(";\n\n");
        return block;
    }
}
