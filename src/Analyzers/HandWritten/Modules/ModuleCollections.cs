using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Modules;

/// <summary>
/// The plain collections of modules among a class's members, and what its code does with them. One is lost if a module is made for it and nothing
/// suggests that its modules are registered in another way.
/// </summary>
internal sealed class ModuleCollections
{
    private readonly TorchSymbols _torch;
    private readonly HashSet<ISymbol> _candidates;
    private readonly HashSet<ISymbol> _filled = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _handedOn = new(SymbolEqualityComparer.Default);
    private bool _registersItself;

    public ModuleCollections(INamedTypeSymbol type, TorchSymbols torch)
    {
        _torch = torch;
        _candidates = new(type.GetMembers().Where(IsCandidate), SymbolEqualityComparer.Default);
        // A class that says itself what its children are is not judged.
        _registersItself = type.GetMembers().Any(member => member is IMethodSymbol
        {
            IsOverride: true,
            Name: "RegisterComponents" or "named_children" or "children" or "named_modules" or "modules" or "named_parameters" or "parameters" or "state_dict",
        });
    }

    public bool HasCandidates => _candidates.Count > 0 && !_registersItself;

    /// <summary>The members whose modules are lost.</summary>
    public IEnumerable<ISymbol> Lost() => _registersItself ? [] : _candidates.Where(member => _filled.Contains(member) && !_handedOn.Contains(member));

    /// <summary>Notes what one code block does with the collections.</summary>
    public void Look(IOperation block, CancellationToken cancellation)
    {
        Initializer(block);
        foreach (var operation in block.DescendantsAndSelf().Until(cancellation))
            switch (operation)
            {
                case ISimpleAssignmentOperation assignment when Candidate(assignment.Target) is { } member && Makes(assignment.Value):
                    _filled.Add(member);
                    break;
                case ISimpleAssignmentOperation { Target: var target } assignment when ElementOwner(target) is { } owner && Candidate(owner) is { } member
                    && NewModule.IsMadeBy(assignment.Value, _torch):
                    _filled.Add(member);
                    break;
                case IInvocationOperation call:
                    Call(call);
                    break;
                case IObjectCreationOperation creation:
                    HandOn(creation.Arguments);
                    break;
            }
    }

    private void Initializer(IOperation block)
    {
        var members = block switch
        {
            IFieldInitializerOperation field => field.InitializedFields.Cast<ISymbol>(),
            IPropertyInitializerOperation property => property.InitializedProperties,
            _ => [],
        };
        foreach (var member in members.Where(_candidates.Contains))
            if (Makes(((ISymbolInitializerOperation)block).Value))
                _filled.Add(member);
    }

    private void Call(IInvocationOperation call)
    {
        if (call.TargetMethod.Name is "Add" or "Insert" or "Push" or "Enqueue" or "AddLast" or "TryAdd" && call.Instance is { } receiver
            && Candidate(receiver) is { } member)
        {
            if (call.Arguments.Any(argument => NewModule.IsMadeBy(argument.Value, _torch)))
                _filled.Add(member);
            return;
        }
        // register_module(name, module) with a loop's variable: which collection it comes from is not followed.
        if (call.TargetMethod.Name is "register_module" or "add_module" or "TryAdd" or "Add" or "append" or "extend" && _torch.IsTorch(call.TargetMethod)
            && call.Arguments.Any(argument => _torch.IsModule(argument.Value.Unwrapped().Type) && argument.Value.OwnMember() is null
                && !NewModule.IsMadeBy(argument.Value, _torch)))
            _registersItself = true;
        HandOn(call.Arguments, call);
    }

    /// <summary>
    /// A collection that is given to somebody else's method may be registered by it. The framework's own methods (ToArray, Select, Count) only pass it along,
    /// and count as well if a module comes out in the end: Sequential(layers.ToArray()).
    /// </summary>
    private void HandOn(IEnumerable<IArgumentOperation> arguments, IInvocationOperation? call = null)
    {
        foreach (var argument in arguments)
            foreach (var mentioned in argument.Value.DescendantsAndSelf())
                if (Candidate(mentioned) is { } member && (call is null || !Framework.Has(call.TargetMethod)) && !IsCalled(mentioned, argument))
                    _handedOn.Add(member);
    }

    /// <summary>Whether only the result of a module's call is handed on: cat([branches[0].call(x), ...]).</summary>
    private bool IsCalled(IOperation mentioned, IOperation argument)
    {
        for (var operation = mentioned; operation != argument && operation.Parent is { } parent; operation = parent)
            if (parent is IInvocationOperation { TargetMethod.Name: "call" or "forward", Instance: { } instance } && instance == operation
                && _torch.IsModule(instance.Type))
                return true;
        return false;
    }

    /// <summary>Whether the value is a collection with a module in it that is made there.</summary>
    private bool Makes(IOperation value)
    {
        value = value.Unwrapped();
        if (value.Elements() is { } elements)
            return elements.Any(element => NewModule.IsMadeBy(element, _torch));
        return value switch
        {
            // new Dictionary<string, Module> { ["a"] = Conv2d(...), { "b", Conv2d(...) } }
            IObjectCreationOperation { Initializer: { } initializer } => initializer.Initializers.Any(one => one switch
            {
                IInvocationOperation add => add.Arguments.Any(argument => NewModule.IsMadeBy(argument.Value, _torch)),
                ISimpleAssignmentOperation assignment => NewModule.IsMadeBy(assignment.Value, _torch),
                _ => false,
            }),
            // Enumerable.Range(0, n).Select(_ => new Block(...)).ToArray()
            IInvocationOperation { TargetMethod.ContainingType: { Name: "Enumerable", ContainingNamespace.Name: "Linq" } } query =>
                query.Descendants().OfType<IAnonymousFunctionOperation>()
                    .Any(lambda => lambda.Body.Operations is [IReturnOperation { ReturnedValue: { } returned }] && NewModule.IsMadeBy(returned, _torch)),
            ILocalReferenceOperation local => IsFilledLocal(local),
            _ => false,
        };
    }

    /// <summary>var list = new List&lt;Module&gt;(); list.Add(Conv2d(...)); this.layers = list; and nobody else gets the list.</summary>
    private bool IsFilledLocal(ILocalReferenceOperation local)
    {
        var uses = Definitions.References(local).Where(use => use != local).ToList();
        if (Definitions.OfLocal(local.Local, local) is not { } value || uses.Any(use => use.Parent is not IInvocationOperation { TargetMethod.Name: "Add" }))
            return false;
        return value.Unwrapped() is not ILocalReferenceOperation && Makes(value)
            || uses.Any(use => ((IInvocationOperation)use.Parent!).Arguments.Any(argument => NewModule.IsMadeBy(argument.Value, _torch)));
    }

    private ISymbol? Candidate(IOperation operation) => operation.OwnMember() is { } member && _candidates.Contains(member) ? member : null;

    private static IOperation? ElementOwner(IOperation target) => target switch
    {
        IArrayElementReferenceOperation element => element.ArrayReference,
        IPropertyReferenceOperation { Property.IsIndexer: true, Instance: { } instance } => instance,
        _ => null,
    };

    private bool IsCandidate(ISymbol member) => member switch
    {
        IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field => IsPlainCollection(field.Type),
        IPropertySymbol { IsStatic: false, IsIndexer: false } property => IsPlainCollection(property.Type),
        _ => false,
    };

    private bool IsPlainCollection(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
            return HoldsModule(array.ElementType);
        return type is INamedTypeSymbol { IsGenericType: true } named && IsFrameworkType(named) && !_torch.IsModule(named)
            && HoldsModule(named.TypeArguments[named.TypeArguments.Length - 1]);
    }

    /// <summary>A list of named modules, List&lt;(string, Module)&gt;, holds modules as well.</summary>
    private bool HoldsModule(ITypeSymbol element) =>
        _torch.IsModule(element) || element is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Any(one => _torch.IsModule(one.Type));

    private static bool IsFrameworkType(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "Generic" or "Immutable" or "ObjectModel" or "Frozen", ContainingNamespace.Name: "Collections" };
}
