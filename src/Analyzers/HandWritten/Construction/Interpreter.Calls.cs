using System.Collections.Immutable;
using Blockwright.Analyzers.HandWritten.Code;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using static System.FormattableString;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>Calls: constructors, methods and functions of the project run; of others only those are known that the next part has.</summary>
internal sealed partial class Interpreter
{
    private Known? Create(IObjectCreationOperation creation)
    {
        if (creation is not { Type: INamedTypeSymbol type, Constructor: { } constructor })
            return Other(creation);
        var arguments = creation.Arguments;
        if (IsList(type))
            return NewList(creation);
        var values = Values(arguments);
        Known.Reference? made = null;
        if (type.TypeKind == TypeKind.Class && IsOurs(type))
        {
            var thing = NewThing(creation, Layer.Unknown, type);
            _made.Add(thing);
            MakeOnce(constructor, values, () => RunIn(thing, constructor, values, creation.Syntax));
            _last[thing] = _things;
            made = new(thing);
        }
        else
        {
            foreach (var value in values)
                Lose(value.Value);
        }
        Initialize(creation.Initializer, made?.Thing);
        return made;
    }

    /// <summary>
    /// Classes that hold two objects of the class before make twice as many layers with each class. Of a large object that is made once more of the same values nothing is known but its class:
    /// what its own code says is said there, and what these values make of it was said of the first.
    /// </summary>
    private void MakeOnce(IMethodSymbol constructor, List<KeyValuePair<IParameterSymbol, Known?>> values, Action make)
    {
        var key = (constructor, exact is null ? Text(values) : null);
        if (key.Item2 is null || !_large.Contains(key!))
        {
            var before = _fuel.Left;
            make();
            if (key.Item2 is not null && before - _fuel.Left >= ManySteps)
                _large.Add(key!);
        }
    }

    /// <summary>The values as a text; null where one is an object, which may be another each time.</summary>
    private static string? Text(List<KeyValuePair<IParameterSymbol, Known?>> values)
    {
        var texts = values.ConvertAll(static one => one.Value switch
        {
            null => "?",
            Known.Null => "null",
            Known.Whole { Value: var whole } => Invariant($"{whole}"),
            Known.Real { Value: var real, IsSingle: var isSingle } => Invariant($"{real:R} {isSingle}"),
            Known.Truth { Value: var truth } => truth ? "true" : "false",
            Known.Text { Value: var text } => Invariant($"{text.Length}: {text}"),
            _ => null,
        });
        return texts.Contains(null) ? null : string.Join("\n", texts);
    }

    private void Initialize(IObjectOrCollectionInitializerOperation? initializer, Thing? made)
    {
        if (initializer is null)
            return;
        var outer = _receiver;
        _receiver = made;
        foreach (var one in initializer.Initializers)
            Evaluate(one);
        _receiver = outer;
    }

    private static bool IsOurs(INamedTypeSymbol type) => !type.DeclaringSyntaxReferences.IsEmpty;

    /// <summary>The parameters' values, as whoever calls says them.</summary>
    private List<KeyValuePair<IParameterSymbol, Known?>> Values(ImmutableArray<IArgumentOperation> arguments)
    {
        var values = new List<KeyValuePair<IParameterSymbol, Known?>>();
        foreach (var argument in arguments)
            if (argument.Parameter is { } parameter)
                values.Add(new(parameter.OriginalDefinition, Given(Evaluate(argument.Value), argument)));
        foreach (var argument in arguments)
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
            {
                AssignTo(argument.Value, null);
                _isOut |= exact is not null;
            }
        return values;
    }

    private Known? Given(Known? value, IArgumentOperation argument) => value is null || value.Needs < _frame.Depth
        ? value
        : value with { Needs = _frame.Depth, Said = argument.Value.Syntax };

    /// <summary>Runs a constructor on an object, in a frame of its own.</summary>
    private void RunIn(Thing self, IMethodSymbol constructor, IEnumerable<KeyValuePair<IParameterSymbol, Known?>> values, SyntaxNode site)
    {
        if (_frame.Depth >= MaximumCalls)
        {
            _isOut = true;
            return;
        }
        var frame = new Frame(null, _frame.Depth + 1, self);
        InFrame(frame, site, self, () =>
        {
            foreach (var value in values)
                Set(new(frame, value.Key), value.Value);
            Construct(self, constructor, frame);
        });
    }

    private void InFrame(Frame frame, SyntaxNode? site, Thing? made, Action run)
    {
        var (outer, outerSite, outerTop, because, receiver) = (_frame, _site, _top, _because, _receiver);
        if (outer.Depth == 0 && frame.Depth > 0)
            _site = site;
        if (frame.Depth > 0)
            _top ??= made;
        // Whether it runs does not say what runs: of itself its code is looked at too, on all of its ways.
        (_frame, _receiver, _because) = (frame, null, null);
        run();
        (_frame, _site, _top, _because, _receiver) = (outer, outerSite, outerTop, because, receiver);
    }

    /// <summary>Field initializers, the base or other constructor, and the body, in C#'s order.</summary>
    private void Construct(Thing self, IMethodSymbol constructor, Frame frame)
    {
        var outer = _frame;
        _frame = frame;
        var type = constructor.ContainingType.OriginalDefinition;
        var syntax = constructor.DeclaringSyntaxReferences.Length == 1 ? constructor.DeclaringSyntaxReferences[0].GetSyntax(cancellation) : null;
        var body = syntax is ConstructorDeclarationSyntax ? sources.OperationOf(syntax, cancellation) as IConstructorBodyOperation : null;
        var call = body?.Initializer?.DescendantsAndSelf().OfType<IInvocationOperation>().FirstOrDefault() ?? PrimaryBase(syntax);
        var isOther = syntax is ConstructorDeclarationSyntax { Initializer.ThisOrBaseKeyword.RawKind: (int)Microsoft.CodeAnalysis.CSharp.SyntaxKind.ThisKeyword };
        if (!isOther)
            InitializeMembers(self, type);
        if (call is not null)
        {
            if (IsOurs(call.TargetMethod.ContainingType))
                RunIn(self, call.TargetMethod, Values(call.Arguments), call.Syntax);
            else
                Values(call.Arguments.RemoveAll(static argument => argument.Value.Unwrapped() is IParameterReferenceOperation));
        }
        else if (type.BaseType is { } parent && IsOurs(parent)
            && parent.InstanceConstructors.FirstOrDefault(static one => one.Parameters.IsEmpty) is { } implied)
        {
            RunIn(self, implied, [], syntax ?? self.Origin?.Syntax!);
        }
        foreach (var part in body is null ? [] : Bodies(body))
            Statement(part);
        _frame = outer;
    }

    private IInvocationOperation? PrimaryBase(SyntaxNode? syntax) =>
        syntax is TypeDeclarationSyntax { BaseList.Types: var types } && types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault() is { } given
            ? sources.OperationOf(given, cancellation)?.DescendantsAndSelf().OfType<IInvocationOperation>().FirstOrDefault()
            : null;

    private void InitializeMembers(Thing self, INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers())
        {
            cancellation.ThrowIfCancellationRequested();
            // What nobody writes is null, of a class's type.
            if (member is IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false, Type.IsReferenceType: true } or IPropertySymbol { IsStatic: false, Type.IsReferenceType: true })
                Set(new(self, member), Known.Null.Instance);
        }
        foreach (var (member, value) in sources.InitializersOf(type, cancellation))
            Set(new(self, member), Evaluate(value));
        // A positional record's.
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
            if (type.IsRecord && property.DeclaringSyntaxReferences is [var one] && one.GetSyntax(cancellation) is ParameterSyntax
                && type.InstanceConstructors.SelectMany(static each => each.Parameters).FirstOrDefault(each => each.Name == property.Name) is { } parameter)
                Set(new(self, property), this[new(_frame, parameter)]);
    }

    private Known? Invoke(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (exact is not null && exact.Reads(call, this, out var read))
            return read;
        if (method.MethodKind == MethodKind.LocalFunction)
            return Find(method.OriginalDefinition) is { } slot && this[slot] is Known.Function local ? Invoke(local, Values(call.Arguments), call.Syntax) : Other(call);
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return Evaluate(call.Instance) is Known.Function function ? Invoke(function, Ordered(Values(call.Arguments), function.Parameters), call.Syntax) : Other(call);
        if (torch.IsTorch(method))
            return Torch(call);
        if (IsOurs(method.ContainingType))
            return Call(method, call.Instance, call.Arguments, call);
        return Library(call);
    }

    private static List<KeyValuePair<IParameterSymbol, Known?>> Ordered(List<KeyValuePair<IParameterSymbol, Known?>> values, ImmutableArray<IParameterSymbol> parameters) =>
        values.Zip(parameters, static (value, parameter) => new KeyValuePair<IParameterSymbol, Known?>(parameter, value.Value)).ToList();

    private Known? Call(IMethodSymbol method, IOperation? instance, ImmutableArray<IArgumentOperation> arguments, IOperation call)
    {
        var self = instance is null ? null : Evaluate(instance) is Known.Reference reference ? reference.Thing : null;
        var values = Values(arguments);
        var target = instance is IInstanceReferenceOperation { Syntax: BaseExpressionSyntax } ? method : Target(method, self);
        if (target is null || target.IsAsync || target.DeclaringSyntaxReferences.Length != 1 || IsIterator(target) || torch.IsForward(target)
            || sources.BodyOf(target, cancellation) is not { } body)
        {
            foreach (var value in values)
                Lose(value.Value);
            return null;
        }
        return Run(new Frame(null, _frame.Depth + 1, self), values, body, call.Syntax);
    }

    /// <summary>The method that runs on the object; null where that is not certain.</summary>
    private static IMethodSymbol? Target(IMethodSymbol method, Thing? self)
    {
        var original = method.OriginalDefinition;
        if (!original.IsVirtual && !original.IsAbstract && !original.IsOverride || original.IsSealed)
            return original;
        // Of the object that the walk began with the class may be another, that derives from it.
        if (self?.Type is not { } exact || self.Origin is null && !exact.IsSealed)
            return null;
        for (var type = exact; type is not null; type = type.BaseType)
            foreach (var member in type.GetMembers(method.Name).OfType<IMethodSymbol>())
                for (var overridden = member; overridden is not null; overridden = overridden.OverriddenMethod)
                    if (SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, original))
                        return member.IsAbstract ? null : member.OriginalDefinition;
        return null;
    }

    private bool IsIterator(IMethodSymbol method) => method.ReturnType.Name is "IEnumerable" or "IEnumerator"
        && method.DeclaringSyntaxReferences[0].GetSyntax(cancellation).DescendantNodes().OfType<YieldStatementSyntax>().Any();

    private Known? Invoke(Known.Function function, IEnumerable<KeyValuePair<IParameterSymbol, Known?>> values, SyntaxNode? site, bool isInline = false) =>
        Run(new Frame(function.Frame, isInline ? _frame.Depth : _frame.Depth + 1, function.Frame.Self), values, function.Body, site);

    private Known? Run(Frame frame, IEnumerable<KeyValuePair<IParameterSymbol, Known?>> values, IOperation body, SyntaxNode? site)
    {
        if (frame.Depth >= MaximumCalls)
        {
            _isOut = true;
            return null;
        }
        InFrame(frame, site, null, () =>
        {
            foreach (var value in values)
                Set(new(frame, value.Key), value.Value);
            foreach (var part in Bodies(body))
                if (part is IBlockOperation)
                    Statement(part);
                else
                    Return(part, frame);
        });
        return frame.Returned;
    }

    /// <summary>An expression that is all of a body.</summary>
    private void Return(IOperation expression, Frame frame)
    {
        frame.Returned = Evaluate(expression);
        frame.HasReturned = true;
    }
}
