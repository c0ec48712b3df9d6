using System.Collections.Immutable;
using Blockwright.Plans;

namespace Blockwright.Graph;

/// <summary>
/// The activations, one row each: what everybody but the kernels' formula and the attribute knows of one. A row says
/// its method of TorchSharp's Tensor (another, which ends in _, writes over its input) or function of torch.nn.functional, its parameters, and what it makes of ranges.
/// </summary>
internal static class Activations
{
    private const double Infinity = double.PositiveInfinity;

    // The least values of x * sigmoid(x), of GELU, of Mish and of x * min(max(x + 3, 0), 6) / 6, rounded down.
    private const double LeastSilu = -0.2785;
    private const double LeastGelu = -0.17;
    private const double LeastGeluTanh = -0.1701;
    private const double LeastMish = -0.3089;
    private const double LeastHardswish = -0.375;

    public static ImmutableArray<ActivationRow> Rows { get; } = ImmutableArray.Create<ActivationRow>(
        new(nameof(ReLUAttribute), "relu")
        {
            Range = static (x, _) => x.Clamp(0, Infinity),
            Identity = ValueRange.NonNegative,
            Overwriting = static _ => Overwriting.Always,
            Formula = static _ => "x < 0.0f ? 0.0f : x",
            Onnx = static (graph, x, _) => graph.Node("Relu", [x]),
        },
        new(nameof(ReLU6Attribute), "relu6")
        {
            Range = static (x, _) => x.Clamp(0, 6),
            Identity = new ValueRange(0, 6),
            Overwriting = static _ => Overwriting.Always,
            Formula = static _ => "x < 0.0f ? 0.0f : x > 6.0f ? 6.0f : x",
            Onnx = static (graph, x, _) => graph.Node("Clip", [x, graph.Scalar(0), graph.Scalar(6)]),
        },
        new(nameof(LeakyReLUAttribute), "leaky_relu", new ActivationParameter(nameof(LeakyReLUAttribute.NegativeSlope), new LeakyReLUAttribute().NegativeSlope))
        {
            Range = static (x, p) => x.Clamp(0, Infinity).Or(x.Clamp(-Infinity, 0).Times(new(p[0], p[0]))),
            Identity = ValueRange.NonNegative,
            // With a negative slope the result does not tell on which side of 0 the input was.
            Overwriting = static p => p[0] >= 0 ? Overwriting.Always : Overwriting.InInference,
            Formula = static p => $"x > 0.0f ? x : x * {DeviceFormulas.Number(p[0])}",
            Onnx = static (graph, x, p) => graph.Node("LeakyRelu", [x], ("alpha", p[0])),
        },
        new(nameof(ELUAttribute), "elu", new ActivationParameter(nameof(ELUAttribute.Alpha), new ELUAttribute().Alpha))
        {
            // TorchSharp's elu_(alpha) leaves its tensor as it was; the one with both scales does not.
            FixedArguments = ImmutableArray.Create(Emitted.One, Emitted.One),
            // Below 0 it goes from 0 to -alpha.
            Range = static (x, p) => x.Least >= 0 ? x : x.Clamp(0, Infinity).Or(new(Math.Min(-p[0], 0), Math.Max(-p[0], 0))),
            Identity = ValueRange.NonNegative,
            Overwriting = static p => p[0] >= 0 ? Overwriting.Always : Overwriting.InInference,
            Formula = static p => $"x > 0.0f ? x : {DeviceFormulas.Number(p[0])} * EXPM1(x)",
            Onnx = static (graph, x, p) => graph.Node("Elu", [x], ("alpha", p[0])),
        },
        new(nameof(SiLUAttribute), "silu")
        {
            OtherName = "Swish",
            Range = static (x, _) => new(x.Least >= 0 ? 0 : LeastSilu, Math.Max(x.Greatest, 0)),
            Overwriting = static _ => Overwriting.InInference,
            Formula = static _ => "x / (1.0f + EXP(-x))",
            Onnx = static (graph, x, _) => graph.Node("Mul", [x, graph.Node("Sigmoid", [x])]),
        },
        new(nameof(GELUAttribute), "gelu")
        {
            Range = static (x, _) => new(x.Least >= 0 ? 0 : LeastGelu, Math.Max(x.Greatest, 0)),
            Overwriting = static _ => Overwriting.InInference,
            Formula = static _ => "0.5f * x * ERFC(x * -0.707106781f)",
            // The operator of this name is of opset 20; these are of 9.
            Onnx = static (graph, x, _) => graph.Node("Mul", [
                graph.Node("Mul", [x, graph.Scalar(0.5)]),
                graph.Node("Add", [graph.Node("Erf", [graph.Node("Mul", [x, graph.Scalar(Math.Sqrt(0.5))])]), graph.Scalar(1)])]),
            Form = new(nameof(GELUAttribute.Approximate), new GELUAttribute().Approximate, "tanh", new(nameof(GELUAttribute), "gelu")
            {
                Function = "GELUTanh",
                FixedArguments = ImmutableArray.Create("global::TorchSharp.Modules.GELU.Approximate.tanh"),
                Range = static (x, _) => new(x.Least >= 0 ? 0 : LeastGeluTanh, Math.Max(x.Greatest, 0)),
                Overwriting = static _ => Overwriting.InInference,
                // 1 + tanh(u) is 2 / (1 + e^(-2u)).
                Formula = static _ => "x / (1.0f + EXP(-1.59576912f * (x + 0.044715f * x * x * x)))",
                Onnx = static (graph, x, _) => graph.Node("Mul", [
                    graph.Node("Mul", [x, graph.Scalar(0.5)]),
                    graph.Node("Add", [graph.Node("Tanh", [graph.Node("Mul", [graph.Scalar(Math.Sqrt(2 / Math.PI)), WithCube(graph, x)])]), graph.Scalar(1)])]),
            }),
        },
        new(nameof(MishAttribute), "mish")
        {
            Range = static (x, _) => new(x.Least >= 0 ? 0 : LeastMish, Math.Max(x.Greatest, 0)),
            Overwriting = static _ => Overwriting.Never,
            // TorchSharp has no x.mish().
            IsFunctional = true,
            // tanh(log(1 + e)) is e (e + 2) / (e (e + 2) + 2), and 1 where e^2 would overflow.
            Formula = static _ => "x > 20.0f ? x : x * (EXP(x) * (EXP(x) + 2.0f)) / (EXP(x) * (EXP(x) + 2.0f) + 2.0f)",
            Onnx = static (graph, x, _) => graph.Node("Mul", [x, graph.Node("Tanh", [graph.Node("Softplus", [x])])]),
        },
        new(nameof(HardswishAttribute), "hardswish")
        {
            OtherName = "HSwish",
            Range = static (x, _) => new(x.Least >= 0 ? 0 : LeastHardswish, Math.Max(x.Greatest, 0)),
            Overwriting = static _ => Overwriting.InInference,
            // The gate first: six times a large x would be infinite.
            Formula = static _ => "x * ((x < -3.0f ? 0.0f : x > 3.0f ? 6.0f : x + 3.0f) * (1.0f / 6.0f))",
            Onnx = static (graph, x, _) => graph.Node("HardSwish", [x]),
        },
        new(nameof(HardsigmoidAttribute), "hardsigmoid")
        {
            OtherName = "HSigmoid",
            Range = static (_, _) => new(0, 1),
            Overwriting = static _ => Overwriting.InInference,
            Formula = static _ => "(x < -3.0f ? 0.0f : x > 3.0f ? 6.0f : x + 3.0f) * (1.0f / 6.0f)",
            Onnx = static (graph, x, _) => graph.Node("HardSigmoid", [x], ("alpha", 1.0 / 6), ("beta", 0.5)),
        },
        new(nameof(SigmoidAttribute), "sigmoid")
        {
            Range = static (_, _) => new(0, 1),
            Overwriting = static _ => Overwriting.InInference,
            Formula = static _ => "1.0f / (1.0f + EXP(-x))",
            Onnx = static (graph, x, _) => graph.Node("Sigmoid", [x]),
        },
        new(nameof(TanhAttribute), "tanh")
        {
            Range = static (x, _) => new(Math.Tanh(x.Least), Math.Tanh(x.Greatest)),
            Overwriting = static _ => Overwriting.Always,
            Formula = static _ => "TANH(x)",
            Onnx = static (graph, x, _) => graph.Node("Tanh", [x]),
        },
        Softplus(new(nameof(SoftplusAttribute.Beta), new SoftplusAttribute().Beta) { Expected = "a number above 0", IsInRange = static value => value > 0 && !double.IsInfinity(value) },
            new(nameof(SoftplusAttribute.Threshold), new SoftplusAttribute().Threshold)),
        // TorchSharp's x.hardtanh(least, greatest) gives x, and its hardtanh_ nothing at all. On the bounds themselves the gradient is clamp's, 1.
        Between(nameof(HardtanhAttribute), "clamp", new(nameof(HardtanhAttribute.MinVal), new HardtanhAttribute().MinVal), new(nameof(HardtanhAttribute.MaxVal), new HardtanhAttribute().MaxVal)),
        new(nameof(FactorAttribute), "mul", new ActivationParameter(nameof(FactorAttribute.Value), double.NaN) { Expected = "a finite number other than 0", IsInRange = static value => value != 0 && !double.IsNaN(value) && !double.IsInfinity(value) }) // it is always said
        {
            Range = static (x, p) => x.Times(new(p[0], p[0])),
            Overwriting = static _ => Overwriting.Always,
            Formula = static p => $"x * {DeviceFormulas.Number(p[0])}",
            Onnx = static (graph, x, p) => graph.Node("Mul", [x, graph.Scalar(p[0])]),
        },
        Between(nameof(ClampAttribute), "clamp", new(nameof(ClampAttribute.Min), new ClampAttribute().Min), new(nameof(ClampAttribute.Max), new ClampAttribute().Max)));

    private static ActivationRow Softplus(params ActivationParameter[] parameters) => new(nameof(SoftplusAttribute), "softplus", parameters)
    {
        TakesNumbers = true,
        Range = static (x, p) => SoftplusOf(x, p[0], p[1]),
        Overwriting = static _ => Overwriting.Never,
        Formula = static p => $"x * {DeviceFormulas.Number(p[0])} > {DeviceFormulas.Number(p[1])} ? x : (x > 0.0f ? x : 0.0f) + LOG1P(EXP(x * (x > 0.0f ? {DeviceFormulas.Number(-p[0])} : {DeviceFormulas.Number(p[0])}))) * {DeviceFormulas.Number(1 / p[0])}",
        Onnx = static (graph, x, p) => Softplus(graph, x, p[0], p[1]),
    };

    /// <summary>min(max(x, p0), p1); an infinite bound is none.</summary>
    private static ActivationRow Between(string attribute, string method, params ActivationParameter[] parameters) => new(attribute, method, parameters)
    {
        AreOrdered = true,
        Range = static (x, p) => x.Clamp(p[0], p[1]),
        IdentityOf = static p => new(p[0], p[1]),
        Overwriting = static _ => Overwriting.InInference,
        Formula = static p => (double.IsInfinity(p[0]) ? "" : $"x < {DeviceFormulas.Number(p[0])} ? {DeviceFormulas.Number(p[0])} : ") + (double.IsInfinity(p[1]) ? "" : $"x > {DeviceFormulas.Number(p[1])} ? {DeviceFormulas.Number(p[1])} : ") + "x",
        Onnx = static (graph, x, p) => graph.Node("Clip", [x, double.IsInfinity(p[0]) ? "" : graph.Scalar(p[0]), .. double.IsInfinity(p[1]) ? Array.Empty<string>() : [graph.Scalar(p[1])]]),
    };

    /// <summary>The curve up to where x is left as it is, which it nears from above; and what is left.</summary>
    private static ValueRange SoftplusOf(ValueRange x, double beta, double threshold)
    {
        var turn = threshold / beta;
        var curve = new ValueRange(Curve(Math.Min(x.Least, turn)), Curve(Math.Min(x.Greatest, turn)));
        var line = new ValueRange(Math.Max(x.Least, turn), x.Greatest);
        return x.Greatest <= turn ? curve : x.Least > turn ? line : curve.Or(line);

        double Curve(double at) => Math.Max(at, 0) + (Math.Log(1 + Math.Exp(-beta * Math.Abs(at))) / beta);
    }

    private static string Softplus(IOnnxGraph graph, string x, double beta, double threshold)
    {
        // The curve is x itself there, to all figures of 32 bits.
        const double Straight = 20;
        var times = beta.Equals(1) ? x : graph.Node("Mul", [x, graph.Scalar(beta)]);
        var curve = graph.Node("Softplus", [times]);
        if (!beta.Equals(1))
            curve = graph.Node("Div", [curve, graph.Scalar(beta)]);
        return threshold >= Straight ? curve : graph.Node("Where", [graph.Node("Greater", [times, graph.Scalar(threshold)]), x, curve]);
    }

    // x + 0.044715 x^3.
    private static string WithCube(IOnnxGraph graph, string x) =>
        graph.Node("Add", [x, graph.Node("Mul", [graph.Node("Mul", [x, graph.Node("Mul", [x, x])]), graph.Scalar(0.044715)])]);
}

/// <summary>Another form of an activation, which the attribute names.</summary>
/// <param name="Property">The attribute's property.</param>
/// <param name="Usual">What it says where the form is not another.</param>
/// <param name="Other">What it says for the other one.</param>
/// <param name="Row">That one.</param>
internal sealed record ActivationForm(string Property, string Usual, string Other, ActivationRow Row);

/// <summary>A parameter of an activation: the attribute's property, and its value where that is left out.</summary>
internal sealed record ActivationParameter(string Name, double Default)
{
    /// <summary>What it may be, for people.</summary>
    public string Expected { get; init; } = "a finite number";

    public Func<double, bool> IsInRange { get; init; } = static value => !double.IsNaN(value) && !double.IsInfinity(value);
}

/// <summary>What is known of one activation.</summary>
internal sealed class ActivationRow(string attribute, string method, params ActivationParameter[] parameters)
{
    private const string Ending = "Attribute";

    public string Kind { get; } = attribute.Substring(0, attribute.Length - Ending.Length);

    /// <summary>What other libraries or papers call it.</summary>
    public string? OtherName { get; init; }

    /// <summary>The kernels' formula, where that has another name.</summary>
    public string? Function { get; init; }

    /// <summary>Another form that the attribute may ask for.</summary>
    public ActivationForm? Form { get; init; }

    /// <summary>The method of torch's Tensor.</summary>
    public string Method => method;

    public ImmutableArray<ActivationParameter> Parameters { get; } = parameters.ToImmutableArray();

    /// <summary>Whether TorchSharp has it as a function of torch.nn.functional alone, which never writes over its input.</summary>
    public bool IsFunctional { get; init; }

    /// <summary>Whether TorchSharp's method takes its parameters as numbers; else they are Scalars.</summary>
    public bool TakesNumbers { get; init; }

    /// <summary>Whether its parameters are a least and a greatest value, each infinite where there is none.</summary>
    public bool AreOrdered { get; init; }

    /// <summary>What the method is given behind the parameters.</summary>
    public ImmutableArray<string> FixedArguments { get; init; } = ImmutableArray<string>.Empty;

    /// <summary>What comes out of a range.</summary>
    public required Func<ValueRange, IReadOnlyList<double>, ValueRange> Range { get; init; }

    /// <summary>The values that it leaves as they are.</summary>
    public ValueRange? Identity { get; init; }

    /// <summary>The same where the parameters say them.</summary>
    public Func<IReadOnlyList<double>, ValueRange>? IdentityOf { get; init; }

    /// <summary>Whether torch can compute the gradient from the result alone, so that training may write over the input.</summary>
    public required Func<IReadOnlyList<double>, Overwriting> Overwriting { get; init; }

    /// <summary>What a GPU's kernels compute of a float x: an expression of their dialect of C. NaN stays NaN.</summary>
    public required Func<IReadOnlyList<double>, string> Formula { get; init; }

    /// <summary>Adds it to an ONNX graph.</summary>
    public required Func<IOnnxGraph, string, IReadOnlyList<double>, string> Onnx { get; init; }

    /// <summary>Whether the kernels have its formula; without, a network that uses it runs on torch's operations.</summary>
    public bool HasKernel { get; init; } = true;
}

/// <summary>A function of each element by itself.</summary>
internal sealed record Activation(ActivationRow Row, EquatableArray<double> Arguments) : Layer
{
    public override string Kind => Row.Kind;

    public override bool KeepsChannelsApart => true;

    public override bool IsElementwise => true;

    public override IEnumerable<string> Words => (Row.Function is { } form && form != Kind ? [form] : Enumerable.Empty<string>()).Concat(Arguments.Select(Emitted.Real));

    public override ValueRange? Identity => Row.IdentityOf is { } identity ? identity(Arguments) : Row.Identity;

    public override Overwriting Overwriting => Row.Overwriting(Arguments);

    // Training may need it: torch computes the gradient of most from the result.
    public override Overwriting Yields => Overwriting.InInference;

    public override ValueRange Range(ValueRange input) => Row.Range(input, Arguments);

    public override string Call(CallSite site)
    {
        var arguments = Arguments.Select(Argument).Concat(Row.FixedArguments);
        return Row.IsFunctional
            ? $"{Emitted.Torch}nn.functional.{Row.Method}({string.Join(", ", arguments.Prepend(site.Input))})"
            : $"{site.Input}.{Row.Method}{site.Ending}({string.Join(", ", arguments)})";
    }

    private string Argument(double value) => double.IsInfinity(value) ? "null" : Row.TakesNumbers ? Emitted.Real(value) : Emitted.Scalar(value);

    public override Kernel? Kernel(Shape input) => Row.HasKernel ? new(KernelKind.Activation) { Function = new(Row.Function ?? Kind, Arguments.ToImmutableArray()) } : null;

    public override string Onnx(IOnnxGraph graph, string input) => Row.Onnx(graph, input, Arguments);
}

internal sealed class ActivationDefinition(ActivationRow row) : LayerDefinition
{
    public override string Kind => row.Kind;

    public override string? OtherName => row.OtherName;

    public override bool KeepsChannels => true;

    public override bool KeepsChannelsApart => true;

    public override bool HasState => false;

    public override bool TakesAnyShape => true;

    public override string? Function => row.Parameters.IsEmpty && !row.IsFunctional ? row.Method : null;

    public override (Layer, Shape)? Resolve(LayerContext context)
    {
        if (row.Form is not { } form || context.Step.Text(form.Property) is not { } text || text == form.Usual)
            return Resolve(row, context);
        if (text == form.Other)
            return Resolve(form.Row, context);
        context.Report(ProblemIds.InvalidArgument, form.Property, form.Property, $"\"{form.Usual}\" or \"{form.Other}\"", $"\"{text}\"");
        return null;
    }

    private static (Layer, Shape)? Resolve(ActivationRow row, LayerContext context)
    {
        var parameters = ImmutableArray.CreateBuilder<double>();
        foreach (var parameter in row.Parameters)
        {
            var given = context.Step.Real(parameter.Name) is null ? parameter.Default : context.Real(parameter.Name, parameter.Default, parameter.Expected, parameter.IsInRange);
            if (given is not { } value)
                return null;
            parameters.Add(value);
        }
        return row.AreOrdered && !CheckOrder(row, context, parameters[0], parameters[1]) ? null : (new Activation(row, parameters.ToEquatableArray()), context.Input);
    }

    private static bool CheckOrder(ActivationRow row, LayerContext context, double least, double greatest)
    {
        var (from, to) = (row.Parameters[0].Name, row.Parameters[1].Name);
        if (double.IsInfinity(least) && double.IsInfinity(greatest))
            context.Report(ProblemIds.InvalidArgument, null, row.Kind, $"{from}, {to} or both", "neither");
        else if (least < greatest)
            return true;
        else if (context.Step[to] is null)
            context.Report(ProblemIds.InvalidArgument, from, from, $"less than {to}, {Emitted.Real(greatest)}", Emitted.Real(least));
        else
            context.Report(ProblemIds.InvalidArgument, to, to, $"more than {from}, {Emitted.Real(least)}", Emitted.Real(greatest));
        return false;
    }
}
