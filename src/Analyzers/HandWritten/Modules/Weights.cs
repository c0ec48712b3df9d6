using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Modules;

/// <summary>What of a module would be lost with it: weights and buffers, or that it works in another way after eval().</summary>
internal static class Weights
{
    /// <summary>More classes than one module consists of: of what has more, nothing is known.</summary>
    private const int MostClasses = 256;

    /// <summary>TorchSharp's layers whose weights have other names than <c>weight</c>.</summary>
    private static readonly ImmutableHashSet<string> Others = ImmutableHashSet.Create(
        "LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell", "MultiheadAttention", "Transformer", "TransformerEncoder", "TransformerEncoderLayer", "TransformerDecoder",
        "TransformerDecoderLayer");

    private static readonly ImmutableHashSet<string> InTraining = ImmutableHashSet.Create(
        "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "RReLU", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d");

    /// <summary>Whether the expression certainly makes a layer of torch with weights: a factory's call, or a Sequential of such.</summary>
    public static bool AreMadeBy(IOperation made, TorchSymbols torch) => made.Unwrapped() is IInvocationOperation call && torch.IsFactory(call.TargetMethod)
        && (call.TargetMethod.Name == "Sequential"
            ? call.Arguments.SelectMany(static argument => argument.Descendants()).Any(inner => inner is IInvocationOperation && AreMadeBy(inner, torch))
            : IsWeighty(call.Type) && Constants.Truth((call.Argument("affine") ?? call.Argument("elementwise_affine"))?.Value) != false);

    /// <summary>Whether all the weights in what the expression makes are those of the object's other members: a Sequential of what they hold.</summary>
    public static bool AreOthers(IOperation made, TorchSymbols torch) => Definitions.Resolve(made) is IInvocationOperation call && torch.IsFactory(call.TargetMethod, "Sequential")
        && call.Arguments.SelectMany(static argument => argument.Value.Elements() ?? [argument.Value]).ToList() is { Count: > 0 } children
        && children.TrueForAll(child => IsNothingNew(child, torch));

    private static bool IsNothingNew(IOperation child, TorchSymbols torch) => child.Unwrapped() switch
    {
        ITupleOperation { Elements.Length: 2 } named => IsNothingNew(named.Elements[1], torch),
        IConditionalOperation { WhenFalse: { } other } choice => IsNothingNew(choice.WhenTrue, torch) && IsNothingNew(other, torch),
        IInvocationOperation call when torch.IsFactory(call.TargetMethod) => AreOthers(call, torch) || IsModal(call, torch) && !AreMadeBy(call, torch) || !MayBeIn(call.Type, torch),
        var one => one.OwnMember() is { IsStatic: false },
    };

    /// <summary>Whether the expression certainly makes a layer of torch that works in another way in training.</summary>
    public static bool IsModal(IOperation made, TorchSymbols torch) =>
        made.Unwrapped() is IInvocationOperation call && torch.IsFactory(call.TargetMethod) && InTraining.Contains(call.TargetMethod.Name);

    /// <summary>Whether a module of this type may have something to lose.</summary>
    public static bool MayBeIn(ITypeSymbol? type, TorchSymbols torch) => MayBeIn(type, torch, new Fuel(MostClasses));

    private static bool MayBeIn(ITypeSymbol? type, TorchSymbols torch, Fuel fuel)
    {
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class } || !fuel.Burn())
            return true;
        for (var each = type; each is not null && !SymbolEqualityComparer.Default.Equals(each, torch.Module); each = each.BaseType)
        {
            // A loss or an activation has nothing; a container, or a module that is known as nothing else, may have anything.
            if (torch.IsTorch(each))
                return each.IsSealed ? IsWeighty(each) || InTraining.Contains(each.Name)
                    : SymbolEqualityComparer.Default.Equals(each, type) || each.Name is not ("Module" or "HookableModule" or "ParameterLessModule");
            // Somebody else's class, whose fields need not all be seen.
            if (each.DeclaringSyntaxReferences.IsEmpty || each.GetMembers().Any(member => IsKept(member, torch, fuel)))
                return true;
        }
        return false;
    }

    /// <summary>Whether a field holds what would be lost. A plain tensor is a buffer only in a class that registers: else it is a number like others.</summary>
    private static bool IsKept(ISymbol member, TorchSymbols torch, Fuel fuel)
    {
        bool IsPart(ITypeSymbol type) => torch.IsModule(type) ? MayBeIn(type, torch, fuel) : type.Name == "Parameter" && torch.IsTorch(type)
            || torch.IsTensor(type) && member.ContainingType.DeclaringSyntaxReferences.Any(static reference => Registration.KeepsTensors(reference.GetSyntax()));
        return member is IFieldSymbol { IsStatic: false, Type: var type } && type switch
        {
            IArrayTypeSymbol array => IsPart(array.ElementType),
            INamedTypeSymbol { IsGenericType: true } named when !torch.IsModule(type) => named.TypeArguments.Any(IsPart),
            _ => IsPart(type),
        };
    }

    private static bool IsWeighty(ITypeSymbol? type)
    {
        if (type is not null && Others.Contains(type.Name))
            return true;
        for (var each = type; each is not null; each = each.BaseType)
            if (each.GetMembers("weight").Any(static member => member is IPropertySymbol { Type.Name: "Parameter" }))
                return true;
        return false;
    }
}
