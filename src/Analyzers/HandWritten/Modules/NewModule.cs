using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Modules;

/// <summary>Whether an expression makes a module that nobody else holds yet.</summary>
internal static class NewModule
{
    private const int MaximumDepth = 8;

    public static bool IsMadeBy(IOperation operation, TorchSymbols torch) => IsMadeBy(operation, torch, MaximumDepth);

    private static bool IsMadeBy(IOperation? operation, TorchSymbols torch, int depth)
    {
        if (operation is null || depth == 0)
            return false;
        switch (operation.Unwrapped())
        {
            case IObjectCreationOperation creation:
                return torch.IsModule(creation.Type);
            case IInvocationOperation call when torch.IsFactory(call.TargetMethod):
                return true;
            case IInvocationOperation { TargetMethod: { Name: "to" or "cuda" or "cpu",
                IsExtensionMethod: true } } moved when torch.IsTorch(moved.TargetMethod) && moved.Arguments.Length > 0:
                return IsMadeBy(moved.Arguments[0].Value, torch, depth - 1);
            case IInvocationOperation call when torch.IsModule(call.Type) && !torch.IsTorch(call.TargetMethod):
                return IsMadeBy(Methods.OnlyResult(call), torch, depth - 1);
            case ITupleOperation { Elements.Length: 2 } named:
                return IsMadeBy(named.Elements[1], torch, depth - 1);
            case IConditionalOperation { WhenFalse: { } other } choice:
                return IsMadeBy(choice.WhenTrue, torch, depth - 1) && IsMadeBy(other, torch, depth - 1);
            case ILocalReferenceOperation local:
                return Definitions.OfLocal(local.Local, local) is { } value && Definitions.References(local).Count == 1 && IsMadeBy(value, torch, depth - 1);
            default:
                return false;
        }
    }
}
