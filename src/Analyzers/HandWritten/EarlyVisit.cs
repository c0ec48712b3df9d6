using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Modules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten;

/// <summary>
/// BW6003: a constructor that goes through the module (<c>apply(init)</c>, <c>parameters()</c>, <c>eval()</c>, itself or in a method of its own) before <c>RegisterComponents()</c>, and
/// so through nothing. One diagnostic for a constructor: they have one cause and one cure.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class EarlyVisit() : HandWrittenAnalyzer(Descriptors.EarlyVisit)
{
    /// <summary>Key of the diagnostic's properties: RegisterComponents() may as well stand before the statement.</summary>
    public const string Movable = nameof(Movable);

    private static readonly ImmutableDictionary<string, string> Visits = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["apply"] = "it reaches no layer",
        ["parameters"] = "there is none to go through",
        ["named_parameters"] = "there is none to go through",
        ["buffers"] = "there is none to go through",
        ["named_buffers"] = "there is none to go through",
        ["modules"] = "there is none to go through",
        ["named_modules"] = "there is none to go through",
        ["children"] = "there is none to go through",
        ["named_children"] = "there is none to go through",
        ["state_dict"] = "there is nothing in it",
        ["eval"] = "every layer stays in training mode",
        ["to"] = "nothing moves",
        ["cuda"] = "nothing moves",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    private protected override void Register(CompilationStartAnalysisContext context, TorchSymbols torch) => context.RegisterOperationBlockAction(block =>
    {
        if (block.OwningSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor, ContainingType: var type } || !torch.IsModule(type)
            || block.OperationBlocks.ConstructorBody() is not { BlockBody.Operations: var statements } body
            || body.Initializer is IExpressionStatementOperation { Syntax: ConstructorInitializerSyntax { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword } }
            || statements.FirstOrDefault(Registration.Is) is not { } registration
            || !Registration.IsFirstIn(type, torch, block.CancellationToken))
            return;
        var before = statements.Take(statements.IndexOf(registration)).ToList();
        if (First(before, torch, block.CancellationToken) is not { } visit || !HoldsSomething(type, before, visit.Call, torch))
            return;
        var movable = visit.IsOfThis && IsMovable(before.SkipWhile(statement => statement != visit.Statement), visit.Call)
            ? ImmutableDictionary<string, string?>.Empty.Add(Movable, Movable)
            : ImmutableDictionary<string, string?>.Empty;
        block.ReportDiagnostic(Diagnostic.Create(Descriptors.EarlyVisit, visit.Call.Syntax.GetLocation(), movable, visit.Call.TargetMethod.Name, visit.So));
    });

    /// <summary>The first call that goes through the module, before anything can have been registered.</summary>
    private static Visit? First(List<IOperation> statements, TorchSymbols torch, CancellationToken cancellation)
    {
        foreach (var statement in statements.Where(static each => each is not ILocalFunctionOperation))
            foreach (var call in statement.Descendants().OfType<IInvocationOperation>().Until(cancellation))
            {
                if (IsDeferred(call, statement))
                    continue;
                if (Goes(call, torch) is { } so)
                    return new(call, statement, so, IsOfThis: true);
                if (Registration.MayBeBehind(call, torch))
                    return null;
                if (InOwnMethod(call, torch) is var (inside, assigns))
                    return new(call, statement, inside, IsOfThis: !assigns);
            }
        return null;
    }

    /// <summary>What comes of it, if the call goes through what this module has registered.</summary>
    private static string? Goes(IInvocationOperation call, TorchSymbols torch)
    {
        var receiver = call.Instance ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null);
        return torch.IsTorch(call.TargetMethod) && receiver?.Unwrapped() is IInstanceReferenceOperation && Visits.TryGetValue(call.TargetMethod.Name, out var so) ? so : null;
    }

    /// <summary>The same of a method of one's own that nobody overrides; and whether it writes members as well.</summary>
    private static (string So, bool Assigns)? InOwnMethod(IInvocationOperation call, TorchSymbols torch)
    {
        var method = call.TargetMethod;
        if (call.Instance is not IInstanceReferenceOperation || method.IsVirtual || method.IsAbstract || method.IsOverride || method.DeclaringSyntaxReferences.Length != 1
            || call.Root().SemanticModel is not { } model || method.DeclaringSyntaxReferences[0].SyntaxTree != model.SyntaxTree
            || model.GetOperation(method.DeclaringSyntaxReferences[0].GetSyntax()) is not { } body)
            return null;
        var so = body.Descendants().OfType<IInvocationOperation>().Where(inner => !IsDeferred(inner, body)).Select(inner => Goes(inner, torch)).FirstOrDefault(static each => each is not null);
        return so is null ? null : (so, body.Descendants().Any(static inner => inner is IAssignmentOperation { Target: var target } && target.OwnMember() is not null));
    }

    /// <summary>Whether there is a module or parameter already that it should have reached.</summary>
    private static bool HoldsSomething(INamedTypeSymbol type, IEnumerable<IOperation> statements, IInvocationOperation visit, TorchSymbols torch) =>
        type.GetMembers().Any(member => Held(member, torch) && member.DeclaringSyntaxReferences.Any(static reference => reference.GetSyntax()
            is VariableDeclaratorSyntax { Initializer: not null } or PropertyDeclarationSyntax { Initializer: not null }))
        || statements.SelectMany(static statement => statement.DescendantsAndSelf()).OfType<ISimpleAssignmentOperation>()
            .Any(assignment => assignment.Syntax.SpanStart < visit.Syntax.SpanStart && assignment.Target.OwnMember() is { } member && Held(member, torch));

    private static bool Held(ISymbol member, TorchSymbols torch) => !member.IsStatic && member switch
    {
        IFieldSymbol field => torch.IsModule(field.Type) || torch.IsTensor(field.Type),
        IPropertySymbol property => torch.IsModule(property.Type) || torch.IsTensor(property.Type),
        _ => false,
    };

    /// <summary>Whether nothing from here to RegisterComponents() makes anything that it would then miss.</summary>
    private static bool IsMovable(IEnumerable<IOperation> statements, IInvocationOperation visit) => !statements.SelectMany(static statement => statement.DescendantsAndSelf())
        .Any(operation => operation is IAssignmentOperation { Target: var target } && target.OwnMember() is not null
            || operation is IInvocationOperation { Instance: IInstanceReferenceOperation } call && call != visit && !call.TargetMethod.DeclaringSyntaxReferences.IsEmpty
            || operation is IArgumentOperation { Parameter.RefKind: not RefKind.None });

    private static bool IsDeferred(IOperation operation, IOperation within)
    {
        for (var parent = operation.Parent; parent is not null && parent != within; parent = parent.Parent)
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        return false;
    }

    private sealed record Visit(IInvocationOperation Call, IOperation Statement, string So, bool IsOfThis);
}
