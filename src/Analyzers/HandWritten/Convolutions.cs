using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>A convolution whose numbers are certain: <c>nn.Conv2d(...)</c>, or <c>functional.conv2d</c> with a weight whose shape is written down.</summary>
/// <param name="In">Input channels.</param>
/// <param name="Out">Output channels.</param>
/// <param name="Groups">Groups, where they are certain.</param>
/// <param name="Kernel">Height and width of the kernel, where they are certain.</param>
/// <param name="OutSyntax">Where the output channels are said.</param>
/// <param name="GroupsSyntax">Where the groups are said; null where the default holds.</param>
/// <param name="IsFactory">Whether it is a layer's factory: its numbers can be changed without a weight that must change with them.</param>
internal sealed record ConvolutionCall(long In, long Out, long? Groups, (long Height, long Width)? Kernel,
    SyntaxNode OutSyntax, SyntaxNode? GroupsSyntax, bool IsFactory)
{
    public static ConvolutionCall? Read(IInvocationOperation call, TorchSymbols torch) => call.TargetMethod.Name switch
    {
        "Conv2d" when torch.IsFactory(call.TargetMethod) => ReadFactory(call, torch),
        "conv2d" or "conv2d_padding" when SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, torch.Functional) =>
            ReadFunction(call, torch),
        _ => null,
    };

    private static ConvolutionCall? ReadFactory(IInvocationOperation call, TorchSymbols torch)
    {
        var layer = new LayerReader(torch).ReadFactory(call);
        return layer is { In: > 0 and var input, Out: > 0 and var output } && call.Argument("out_channels") is { } outArgument
            ? new(input, output, layer.Groups, layer.Kernel, outArgument.Value.Syntax, Said(call.Argument("groups")), IsFactory: true)
            : null;
    }

    private static ConvolutionCall? ReadFunction(IInvocationOperation call, TorchSymbols torch)
    {
        if (call.Argument("weight") is not { } weight || call.Argument("groups") is not { } groups
            || WeightShape(weight.Value, torch) is not { Count: 4 } shape)
            return null;
        return Constants.Whole(groups.Value) is > 0 and { } count
            ? new(shape[1] * count, shape[0], count, (shape[2], shape[3]), weight.Value.Syntax, Said(groups), IsFactory: false)
            : null;
    }

    private static SyntaxNode? Said(IArgumentOperation? argument) => argument is { IsImplicit: false } ? argument.Value.Syntax : null;

    /// <summary>The shape of a tensor that is made with its shape written down: torch.randn(64, 16, 1, 1), nn.Parameter of it.</summary>
    private static IReadOnlyList<long>? WeightShape(IOperation weight, TorchSymbols torch)
    {
        switch (Definitions.Resolve(weight))
        {
            case IInvocationOperation { TargetMethod.Name: "Parameter", Arguments: { IsEmpty: false } arguments } made when torch.IsTorch(made.TargetMethod):
                return WeightShape(arguments[0].Value, torch);
            case IObjectCreationOperation { Type.Name: "Parameter", Arguments: { IsEmpty: false } arguments }:
                return WeightShape(arguments[0].Value, torch);
            case IInvocationOperation { TargetMethod.Name: "randn" or "rand" or "zeros" or "ones" or "empty" } made
                when SymbolEqualityComparer.Default.Equals(made.TargetMethod.ContainingType, torch.Torch):
                var sizes = made.Argument("size") is { } size
                    ? size.Value.Elements()
                    : made.Arguments.Where(argument => argument.Parameter?.Name.StartsWith("dim", StringComparison.Ordinal) == true)
                        .Select(argument => argument.Value).ToList();
                var numbers = sizes?.Select(Constants.Whole).ToList();
                return numbers is not null && numbers.All(number => number > 0) ? numbers.Select(number => number!.Value).ToList() : null;
            default:
                return null;
        }
    }
}
