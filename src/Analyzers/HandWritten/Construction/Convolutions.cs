using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>A convolution whose numbers are certain: a layer that is made, or <c>functional.conv2d</c> with a weight whose shape is written down.</summary>
/// <param name="In">Input channels.</param>
/// <param name="Out">Output channels.</param>
/// <param name="Groups">Groups, where they are certain.</param>
/// <param name="Kernel">Height and width of the kernel, where they are certain.</param>
/// <param name="Layer">The layer; null for a function, whose weight would have to change with its numbers.</param>
internal sealed record ConvolutionCall(Known.Whole In, Known.Whole Out, Known.Whole? Groups, (Known.Whole Height, Known.Whole Width)? Kernel, Layer? Layer)
{
    /// <summary>Where a function says its output channels, which is where its weight is made.</summary>
    public SyntaxNode? Weight { get; private init; }

    /// <summary>Where a function says its groups; null where the default holds.</summary>
    public SyntaxNode? GroupsSyntax { get; private init; }

    public static ConvolutionCall? ReadFunction(IInvocationOperation call, TorchSymbols torch)
    {
        if (call.TargetMethod.Name is not ("conv2d" or "conv2d_padding")
            || !SymbolEqualityComparer.Default.Equals(call.TargetMethod.ContainingType, torch.Functional)
            || call.Argument("weight") is not { } weight || call.Argument("groups") is not { } groups
            || WeightShape(weight.Value, torch) is not { Count: 4 } shape)
            return null;
        return Constants.Whole(groups.Value) is > 0 and { } count
            ? new(new(shape[1] * count), new(shape[0]), new(count), (new(shape[2]), new(shape[3])), null)
            {
                Weight = weight.Value.Syntax,
                GroupsSyntax = groups.IsImplicit ? null : groups.Value.Syntax,
            }
            : null;
    }

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
