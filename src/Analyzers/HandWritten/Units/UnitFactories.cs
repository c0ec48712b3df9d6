using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>Reads calls of torch.nn's factories whose every argument is understood.</summary>
/// <param name="evaluate">What an argument is.</param>
/// <param name="place">Puts a module where it belongs; false if it has a place already.</param>
internal sealed class UnitFactories(Func<IOperation?, Known?> evaluate, Func<UnitModule, bool> place)
{
    /// <summary>The layers that a function of torch's tensors stands for.</summary>
    public static readonly ImmutableDictionary<string, string> ActivationsByFunction =
        LayerTable.All.Where(static layer => layer.Function is not null).ToImmutableDictionary(static layer => layer.Function!, static layer => layer.Kind);

    public UnitModule? Read(IInvocationOperation call) => call.TargetMethod.Name switch
    {
        "Sequential" => Sequential(call),
        "Conv2d" => One(Convolution(call)),
        "BatchNorm2d" => AreDefaults(call, "num_features") && Number(call, "num_features") is { } features
            ? One(new("BatchNorm2d") { In = features })
            : null,
        var name when ActivationsByFunction.Values.Contains(name) => AreDefaults(call, "inplace") ? One(new(name)) : null,
        _ => null,
    };

    /// <summary>Whether every argument but the named ones has the value that it has when left out.</summary>
    public static bool AreDefaults(IInvocationOperation call, params string[] but) => call.Arguments.All(argument =>
        argument.ArgumentKind == ArgumentKind.DefaultValue
        || argument.Parameter is { } parameter && (but.Contains(parameter.Name)
            || parameter.HasExplicitDefaultValue && argument.Value.Unwrapped().ConstantValue is { HasValue: true, Value: var value }
                && Equals(value, parameter.ExplicitDefaultValue)));

    private static UnitModule? One(UnitLayer? layer) => layer is null ? null : new(isSequential: false, [layer]);

    private UnitModule? Sequential(IInvocationOperation call)
    {
        var children = call.Arguments.IsEmpty ? [] : call.Arguments.Length == 1 ? call.Arguments[0].Value.Elements() : null;
        if (children is null)
            return null;
        var layers = new List<UnitLayer>();
        foreach (var child in children)
        {
            var (name, operation) = Named(child);
            if (evaluate(operation).As<UnitModule>() is not { IsSequential: false, Layers: [var layer] } module || module.HasState && !place(module))
                return null;
            layers.Add(layer with { Name = name });
        }
        // Some named and some numbered: TorchSharp takes either all or none.
        return layers.All(layer => layer.Name is null) || layers.All(layer => layer.Name is not null) ? new(isSequential: true, layers) : null;
    }

    private static (string? Name, IOperation Child) Named(IOperation child) => child.Unwrapped() switch
    {
        ITupleOperation { Elements: [var name, var layer] } when name.ConstantValue is { HasValue: true, Value: string text } => (text, layer),
        var layer => (null, layer),
    };

    private UnitLayer? Convolution(IInvocationOperation call)
    {
        if (!AreDefaults(call, "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias")
            || Number(call, "in_channels") is not { } input || Number(call, "out_channels") is not { } output || Number(call, "groups") is not { } groups
            || Square(call, "kernel_size", 1) is not { } kernel || Square(call, "stride", 1) is not { } stride
            || Square(call, "padding", 0) is not { } padding || Square(call, "dilation", 1) is not { } dilation
            || call.Argument("bias") is not { } bias || evaluate(bias.Value) is not Known.Truth { Value: var hasBias })
            return null;
        return new("Conv2d")
        {
            In = input,
            Out = output,
            Groups = groups,
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
            Bias = hasBias,
        };
    }

    private Amount? Number(IInvocationOperation call, string parameter) =>
        call.Argument(parameter) is { } argument ? Arithmetic.Amount(evaluate(argument.Value)) : null;

    /// <summary>One number, or a pair of equal ones; of an overload with pairs, null stands for the default.</summary>
    private long? Square(IInvocationOperation call, string parameter, long left)
    {
        if (call.Argument(parameter) is not { } argument || argument.Parameter?.Type.TypeKind == TypeKind.Enum)
            return null;
        var value = argument.Value.Unwrapped();
        if (argument.ArgumentKind == ArgumentKind.DefaultValue || value.ConstantValue is { HasValue: true, Value: null })
            return value.ConstantValue is { HasValue: true, Value: long given } ? given : left;
        if (value is ITupleOperation { Elements: [var height, var width] })
            return evaluate(height) is Known.Whole { Value: var both } && evaluate(width) is Known.Whole { Value: var other } && other == both ? both : null;
        return (evaluate(value) as Known.Whole)?.Value;
    }
}
