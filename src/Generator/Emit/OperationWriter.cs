using System.Globalization;
using Blockwright.Generator.Plan;
using Blockwright.Graph;

namespace Blockwright.Generator.Emit;

/// <summary>Writes a plan as statements, each with a comment that says what it is and its shapes.</summary>
internal sealed class OperationWriter(CodeWriter writer, BlockGraph graph, Members members, PlanKind kind)
{
    private const string Ops = "global::Blockwright.TensorOps.";

    public ForwardPlan Plan { get; } = ForwardPlan.Of(graph, kind);

    /// <summary>The expression of the result: a tensor of its own, even where nothing is computed.</summary>
    public string Result => Plan.Result == ForwardPlan.Input ? "input.alias()" : Plan.Result;

    public void Write()
    {
        foreach (var operation in Plan.Operations)
        {
            if (operation != Plan.Operations[0])
                writer.Line();
            writer.Line($"// {Describe(operation)}");
            writer.Line(operation.Overwrites >= 0 ? $"{Code(operation)};" : $"var {operation.Result} = {Code(operation)};");
            if (operation.Releases.Length > 0)
                writer.Line(string.Join(" ", operation.Releases.Select(static variable => $"{variable}.Dispose();")));
        }
    }

    private string Describe(Operation operation)
    {
        var what = string.Join(", ", operation.Nodes.Select(Describe));
        var from = string.Join(" and ", operation.First.Inputs.Select(input => graph.Nodes[input].Shape.ToString()).Distinct());
        return $"{what}: {from} -> {operation.Last.Shape}{(operation.Overwrites >= 0 ? ", in place" : "")}";
    }

    private static string Describe(Node node) => node switch
    {
        LayerNode { Key: { } key } layer => $"{key}: {layer.Layer.Describe()}",
        LayerNode layer => layer.Layer.Describe(),
        SliceNode => "Split (a view)",
        JoinNode join => join.Kind.ToString(),
        ApplyNode apply => $"{apply.Key}: {apply.Use.Block.Name}",
        StageNode stage => $"{stage.Keys.Stage}: {stage.Units} units",
        _ => "",
    };

    private string Code(Operation operation)
    {
        var input = operation.Inputs[0];
        return operation.First switch
        {
            SliceNode slice => $"{input}.narrow(1, {members.Number(slice.Start)}, {members.Number(slice.Shape.Channels)})",
            JoinNode join => JoinCode(operation, join),
            ApplyNode apply => $"{members.Of(apply)}.call({input})",
            StageNode stage => $"Chain({members.Of(stage)}, {input})",
            LayerNode node => LayerCode(operation, node.Layer, input),
            var other => throw new InvalidOperationException(other.ToString()),
        };
    }

    private string JoinCode(Operation operation, JoinNode join)
    {
        var inputs = string.Join(", ", operation.Inputs);
        if (operation.Last is LayerNode { Layer: ChannelShuffle shuffle })
            return $"{Ops}ConcatShuffle({members.Number(shuffle.Groups)}, {inputs})";
        if (join.Kind == JoinKind.Concat)
            return $"{Ops}Concat({inputs})";
        var symbol = join.Kind == JoinKind.Add ? " + " : " * ";
        if (operation.Overwrites < 0)
            return string.Join(symbol, operation.Inputs);
        var others = operation.Inputs.Where((_, i) => i != operation.Overwrites);
        return operation.Inputs[operation.Overwrites] + string.Concat(others.Select(other => join.Kind == JoinKind.Add ? $".add_({other})" : $".mul_({other})"));
    }

    private string LayerCode(Operation operation, Layer layer, string input)
    {
        var end = operation.Overwrites >= 0 ? "_" : "";
        return layer switch
        {
            Linear { FlattensInput: true } => $"{members.Of(operation.First)}.call({input}.flatten(1))",
            Convolution or BatchNorm or Linear => $"{members.Of(operation.First)}.call({input})",
            Activation { Kind: "LeakyReLU", NegativeSlope: var slope } => $"{input}.leaky_relu{end}({slope.ToString("R", CultureInfo.InvariantCulture)})",
            Activation activation => $"{input}.{activation.Kind.ToLowerInvariant()}{end}()",
            Pool { IsMax: true } pool => $"{Ops}MaxPool2d({input}, {Window(pool)}, {Bool(pool.CeilMode)})",
            Pool pool => $"{Ops}AvgPool2d({input}, {Window(pool)}, {Bool(pool.CeilMode)}, {Bool(pool.CountIncludePad)})",
            GlobalPool => $"{Ops}GlobalAvgPool2d({input})",
            ChannelShuffle shuffle => $"{input}.channel_shuffle({members.Number(shuffle.Groups)})",
            Dropout dropout => $"global::TorchSharp.torch.nn.functional.dropout({input}, {dropout.P.ToString("R", CultureInfo.InvariantCulture)}, training)",
            Flatten => $"{input}.flatten(1)",
            var other => throw new InvalidOperationException($"No code for {other.Kind}."),
        };
    }

    private string Window(Pool pool) => $"{members.Number(pool.Kernel)}, {members.Number(pool.Stride)}, {members.Number(pool.Padding)}";

    private static string Bool(bool value) => value ? "true" : "false";
}
