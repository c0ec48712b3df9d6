using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Modules;

/// <summary>How a module gets to know what it consists of.</summary>
internal static class Registration
{
    /// <summary>The methods that tell a module of its children, parameters and buffers.</summary>
    public static readonly ImmutableHashSet<string> Names = ImmutableHashSet.Create(
        StringComparer.Ordinal, "RegisterComponents", "register_module", "add_module", "register_parameter", "register_buffer");

    /// <summary>Whether one of them is named somewhere in the text.</summary>
    public static bool IsNamedIn(SyntaxNode text) => text.DescendantNodes().OfType<SimpleNameSyntax>().Any(static name => Names.Contains(name.Identifier.ValueText));

    /// <summary>Whether something may be kept of a tensor that a field holds: a buffer that says itself that it is in no state dict is not.</summary>
    public static bool KeepsTensors(SyntaxNode text) => text.DescendantNodes().OfType<SimpleNameSyntax>().Any(static name => Names.Contains(name.Identifier.ValueText) && !IsPassing(name));

    private static bool IsPassing(SimpleNameSyntax name) => name is { Identifier.ValueText: "register_buffer", Parent: InvocationExpressionSyntax { ArgumentList.Arguments: [.., { Expression: LiteralExpressionSyntax { Token.ValueText: "false" } }] } };

    /// <summary>Whether the statement is <c>RegisterComponents();</c>, of this object.</summary>
    public static bool Is(IOperation statement) => statement is IExpressionStatementOperation
    {
        Operation: IInvocationOperation { TargetMethod: { Name: "RegisterComponents", Parameters.Length: 0 }, Instance: IInstanceReferenceOperation },
    };

    /// <summary>Whether nothing that the class derives from has registered anything when its own constructor's body begins.</summary>
    public static bool IsFirstIn(INamedTypeSymbol type, TorchSymbols torch, CancellationToken cancellation)
    {
        for (var each = type.BaseType; each is not null; each = each.BaseType)
        {
            if (torch.IsTorch(each))
                return each.Name == "Module";
            if (each.DeclaringSyntaxReferences.IsEmpty || each.DeclaringSyntaxReferences.Any(reference => IsNamedIn(reference.GetSyntax(cancellation))))
                return false;
        }
        return false;
    }

    /// <summary>Whether the call, of a method of one's own or of one that gets this object, may register something.</summary>
    public static bool MayBeBehind(IInvocationOperation call, TorchSymbols torch)
    {
        if (torch.IsTorch(call.TargetMethod))
            return Names.Contains(call.TargetMethod.Name);
        if (call.Arguments.Any(static argument => argument.Value.Unwrapped() is IInstanceReferenceOperation))
            return true;
        return call.Instance is IInstanceReferenceOperation
            && (call.TargetMethod.DeclaringSyntaxReferences.IsEmpty || call.TargetMethod.DeclaringSyntaxReferences.Any(static reference => IsNamedIn(reference.GetSyntax())));
    }
}
