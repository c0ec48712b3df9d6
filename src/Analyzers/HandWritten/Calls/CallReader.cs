using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Calls;

/// <summary>Reads what a member's code may run into a <see cref="CallGraph"/>.</summary>
internal sealed class CallReader(CallGraph graph, TorchSymbols torch)
{
    /// <summary>Reads the blocks of one member: its body, its initializer, the default values of its parameters.</summary>
    public void Read(ISymbol owner, ImmutableArray<IOperation> blocks, CancellationToken cancellation)
    {
        owner = owner.OriginalDefinition;
        Place(owner);
        foreach (var root in blocks.Roots())
        {
            graph.Cover(root.Syntax.SyntaxTree);
            var code = graph.Add(owner);
            lock (code)
                Read(root, code, cancellation);
        }
    }

    private void Read(IOperation root, RunningCode member, CancellationToken cancellation)
    {
        var open = new Stack<(IOperation Operation, RunningCode Code)>([(root, member)]);
        while (open.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var (operation, code) = open.Pop();
            var inside = operation switch
            {
                IAnonymousFunctionOperation lambda => graph.Add(lambda.Symbol),
                ILocalFunctionOperation local => graph.Add(local.Symbol),
                _ => code,
            };
            Note(operation, code);
            foreach (var child in operation.ChildOperations)
                open.Push((child, inside));
        }
    }

    /// <summary>Who else than those that name it may run the member.</summary>
    private void Place(ISymbol owner)
    {
        switch (owner)
        {
            case IMethodSymbol { MethodKind: MethodKind.StaticConstructor }:
            case IFieldSymbol { IsStatic: true } or IPropertySymbol { IsStatic: true }:
                graph.AddRunByOthers(owner);
                break;
            case IMethodSymbol method:
                Implements(method);
                break;
            case { ContainingType: { } type }:
                graph.AddInitializer(type, owner);
                break;
        }
    }

    private void Implements(IMethodSymbol method)
    {
        if (method.OverriddenMethod is { } overridden)
            Implements(method, overridden);
        foreach (var type in method.ContainingType.AllInterfaces)
            foreach (var member in type.GetMembers().OfType<IMethodSymbol>())
                if ((member.Name == method.Name || method.ExplicitInterfaceImplementations.Length > 0)
                    && SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method))
                    Implements(method, member);
    }

    private void Implements(IMethodSymbol method, IMethodSymbol declared)
    {
        if (SymbolEqualityComparer.Default.Equals(declared.ContainingAssembly, method.ContainingAssembly))
            graph.AddBehind(declared.OriginalDefinition, method);
        // A module's forward runs where modules are called, and those calls are seen.
        else if (!torch.IsForward(method))
            graph.AddRunByOthers(method);
    }

    private void Note(IOperation operation, RunningCode code)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                Call(call, code);
                break;
            case IObjectCreationOperation { Constructor: { } constructor } creation:
                Run(constructor, code);
                HandOver(constructor, creation.Arguments);
                break;
            case IPropertyReferenceOperation property:
                Run(property.Property.GetMethod, code);
                Run(property.Property.SetMethod, code);
                break;
            case IMethodReferenceOperation reference:
                Delegate(reference.Method.OriginalDefinition, reference, code);
                break;
            case IAnonymousFunctionOperation lambda:
                Delegate(lambda.Symbol, lambda, code);
                break;
            // What does not compile may be meant as any call.
            case IInvalidOperation or IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IFunctionPointerInvocationOperation:
                graph.GiveUp();
                break;
            // An iterator's code runs where somebody goes through what it gives.
            case IReturnOperation { Kind: OperationKind.YieldReturn }:
                graph.AddRunByOthers(code.Symbol);
                break;
            default:
                Run(Operator(operation), code);
                break;
        }
        if (IsScope(operation.Type))
            code.Frees = true;
    }

    private void Call(IInvocationOperation call, RunningCode code)
    {
        var called = call.TargetMethod;
        Run(called, code);
        if (called.Name is "call" or "forward" && call.Instance is { Type: { } type } && torch.IsModule(type))
            code.Modules.Add(type);
        if (IsScope(call.Type) && !StaysHere(call))
            graph.GiveUp();
        if (called is { Name: "Collect", ContainingType: { Name: "GC", ContainingNamespace.Name: "System" } })
            code.Frees = true;
        HandOver(called, call.Arguments);
    }

    private static void Run(IMethodSymbol? method, RunningCode code)
    {
        if (method is not null)
            code.Calls.Add(method.OriginalDefinition);
    }

    /// <summary>A lambda or method that is handed on as a value runs where it is handed to.</summary>
    private void Delegate(ISymbol target, IOperation value, RunningCode code)
    {
        var parent = value.Parent;
        while (parent is IDelegateCreationOperation or IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        // What .NET runs now or on another thread, it runs without a scope; a query runs who knows when.
        if (parent is IArgumentOperation { Parent: { } taker } && Taker(taker) is { } method && Framework.Has(method) && method.ContainingNamespace.Name != "Linq")
            code.Calls.Add(target);
        else
            graph.AddRunByOthers(target);
    }

    private static IMethodSymbol? Taker(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IObjectCreationOperation creation => creation.Constructor,
        _ => null,
    };

    /// <summary>Code that is neither here, nor torch's, nor .NET's may call the modules that it is given.</summary>
    private void HandOver(IMethodSymbol taker, ImmutableArray<IArgumentOperation> arguments)
    {
        if (SymbolEqualityComparer.Default.Equals(taker.ContainingAssembly, graph.Assembly) || torch.IsTorch(taker) || Framework.Has(taker))
            return;
        foreach (var argument in arguments)
            if (argument.Value.Unwrapped().Type is { } type && HeldModule(type) is { } module)
                graph.AddCalledByOthers(module);
    }

    private ITypeSymbol? HeldModule(ITypeSymbol type) => type switch
    {
        _ when torch.IsModule(type) => type,
        IArrayTypeSymbol array => HeldModule(array.ElementType),
        INamedTypeSymbol { IsGenericType: true } named => named.TypeArguments.FirstOrDefault(torch.IsModule),
        _ => null,
    };

    private static IMethodSymbol? Operator(IOperation operation) => operation switch
    {
        IBinaryOperation binary => binary.OperatorMethod,
        IUnaryOperation unary => unary.OperatorMethod,
        IConversionOperation conversion => conversion.OperatorMethod,
        ICompoundAssignmentOperation compound => compound.OperatorMethod,
        IIncrementOrDecrementOperation step => step.OperatorMethod,
        _ => null,
    };

    private bool IsScope(ITypeSymbol? type) => type?.Name == "DisposeScope" && torch.IsTorch(type);

    /// <summary>Whether the member that opens the scope closes it: by <c>using</c>, or by Dispose() of a local that it does not give away.</summary>
    private static bool StaysHere(IInvocationOperation opened)
    {
        var parent = opened.Parent;
        while (parent is IConversionOperation or IParenthesizedOperation)
            parent = parent.Parent;
        if (parent is IUsingOperation)
            return true;
        if (parent is not IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator })
            return false;
        if (declarator.Parent?.Parent?.Parent is IUsingDeclarationOperation or IUsingOperation)
            return true;
        var uses = opened.Root().Descendants().OfType<ILocalReferenceOperation>()
            .Where(use => SymbolEqualityComparer.Default.Equals(use.Local, declarator.Symbol)).ToList();
        return uses.All(static use => use.Parent is IInvocationOperation or IPropertyReferenceOperation)
            && uses.Any(static use => use.Parent is IInvocationOperation { TargetMethod.Name: "Dispose" });
    }
}
