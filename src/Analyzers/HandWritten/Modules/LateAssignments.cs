using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Modules;

/// <summary>Finds the members of a constructor that get a new module after <c>RegisterComponents()</c> has run, there or in the base constructor.</summary>
internal static class LateAssignments
{
    public static IEnumerable<ISimpleAssignmentOperation> In(IMethodSymbol constructor, ImmutableArray<IOperation> blocks, TorchSymbols torch, CancellationToken cancellation)
    {
        if (blocks.ConstructorBody() is not { } root)
            return [];
        var operations = root.WithAllInside(cancellation);
        var named = new Lazy<Registered>(() => new(operations));
        if (DeclarationReader.IsDeclared(constructor.ContainingType))
            return BehindTheBuild(constructor, operations, named, torch);
        if (DerivesFromDeclared(constructor.ContainingType))
            return [];
        var registered = BaseRegisters(constructor, operations, torch) ? 0 : RegisteredFrom(operations);
        return registered is null ? [] : operations.OfType<ISimpleAssignmentOperation>()
            .Where(assignment => IsLate(assignment, registered.Value, named, torch));
    }

    /// <summary>
    /// A network's own constructor begins with the build's, which has registered what there is; another call of RegisterComponents() registers the rest. A block's is called by
    /// whoever registers the block.
    /// </summary>
    private static IEnumerable<ISimpleAssignmentOperation> BehindTheBuild(IMethodSymbol constructor, IReadOnlyList<IOperation> operations, Lazy<Registered> named, TorchSymbols torch)
    {
        if (constructor.ContainingType.BaseType?.Name != "NetworkModule")
            return [];
        var last = operations.OfType<IInvocationOperation>().Where(MayRegister).Select(static call => call.Syntax.SpanStart).DefaultIfEmpty(-1).Max();
        return operations.OfType<ISimpleAssignmentOperation>().Where(assignment => assignment.Syntax.SpanStart >= last && IsLate(assignment, 0, named, torch));
    }

    /// <summary>Any method that sees the module may call RegisterComponents().</summary>
    private static bool MayRegister(IInvocationOperation call) => call.Syntax is not ConstructorInitializerSyntax
        && (call.Instance is IInstanceReferenceOperation || call.Arguments.Any(static argument => argument.Value.Unwrapped() is IInstanceReferenceOperation));

    private static bool DerivesFromDeclared(INamedTypeSymbol type)
    {
        for (var each = type.BaseType; each is not null; each = each.BaseType)
        {
            if (DeclarationReader.IsOurs(each))
                return true;
        }
        return false;
    }

    /// <summary>The position from which on RegisterComponents() has certainly run: its statement stands in the constructor's own block.</summary>
    private static int? RegisteredFrom(IReadOnlyList<IOperation> operations) => operations.OfType<IInvocationOperation>()
        .FirstOrDefault(call => IsRegistration(call)
            && call.Parent is IExpressionStatementOperation { Parent: IBlockOperation { Parent: null or IConstructorBodyOperation } })?.Syntax.Span.End;

    private static bool IsRegistration(IInvocationOperation call) =>
        call is { TargetMethod: { Name: "RegisterComponents", Parameters.Length: 0 },
            Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance } };

    /// <summary>Whether the constructor begins with a base constructor of the same project whose own block calls RegisterComponents().</summary>
    private static bool BaseRegisters(IMethodSymbol constructor, IReadOnlyList<IOperation> operations, TorchSymbols torch)
    {
        var written = operations.OfType<IInvocationOperation>().FirstOrDefault(call => call.Syntax is ConstructorInitializerSyntax);
        if (written?.Syntax is ConstructorInitializerSyntax { ThisOrBaseKeyword.Text: "this" })
            return false;
        var called = written?.TargetMethod ?? constructor.ContainingType.BaseType?.InstanceConstructors.FirstOrDefault(one => one.Parameters.IsEmpty);
        return called is not null && torch.IsModule(called.ContainingType)
            && called.DeclaringSyntaxReferences.Any(reference => Registers(reference.GetSyntax()));
    }

    private static bool Registers(SyntaxNode constructor) =>
        constructor is ConstructorDeclarationSyntax { Body: { } body } && body.Statements.Any(statement => statement is ExpressionStatementSyntax
        {
            Expression: InvocationExpressionSyntax
            {
                Expression: IdentifierNameSyntax { Identifier.ValueText: "RegisterComponents" },
                ArgumentList.Arguments.Count: 0,
            },
        });

    private static bool IsLate(ISimpleAssignmentOperation assignment, int from, Lazy<Registered> named, TorchSymbols torch) =>
        assignment.Syntax.SpanStart >= from
        && assignment.Target.OwnMember() is { IsStatic: false } member
        && torch.IsModule(assignment.Target.Type)
        && !IsDeferred(assignment)
        && NewModule.IsMadeBy(assignment.Value, torch)
        && Weights.MayBeIn(Definitions.Resolve(assignment.Value).Type, torch)
        && !Weights.AreOthers(assignment.Value, torch)
        && !named.Value.Has(member);

    private static bool IsDeferred(IOperation operation)
    {
        for (var parent = operation.Parent; parent is not null; parent = parent.Parent)
            if (parent is IAnonymousFunctionOperation or ILocalFunctionOperation)
                return true;
        return false;
    }

    /// <summary>What is given to register_module and its like: members, and names.</summary>
    private sealed class Registered
    {
        private readonly HashSet<ISymbol> _members = new(SymbolEqualityComparer.Default);
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        public Registered(IEnumerable<IOperation> operations)
        {
            foreach (var argument in operations.OfType<IInvocationOperation>()
                .Where(static call => call.TargetMethod.Name is "register_module" or "add_module").SelectMany(static call => call.Arguments))
            {
                if (argument.Value.OwnMember() is { } member)
                    _members.Add(member);
                if (argument.Value.ConstantValue is { HasValue: true, Value: string name })
                    _names.Add(name);
            }
        }

        public bool Has(ISymbol member) => _members.Contains(member) || _names.Contains(member.Name);
    }
}
