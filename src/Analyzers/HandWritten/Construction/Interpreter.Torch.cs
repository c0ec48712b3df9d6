using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Construction;

/// <summary>What is known of TorchSharp's factories and containers, and of .NET's lists and numbers.</summary>
internal sealed partial class Interpreter
{
    private static readonly ImmutableHashSet<string> Containers = ImmutableHashSet.Create("Sequential", "ModuleList", "ModuleDict");

    /// <summary>Methods of a module that give it back.</summary>
    private static readonly ImmutableHashSet<string> SameModule = ImmutableHashSet.Create("to", "cuda", "cpu", "type", "half", "apply");

    private Known? Torch(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var instance = Evaluate(call.Instance);
        var values = new List<Known?>(call.Arguments.Length);
        foreach (var argument in call.Arguments)
            values.Add(Evaluate(argument.Value));
        foreach (var argument in call.Arguments)
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
                AssignTo(argument.Value, null);
        if (torch.IsFactory(method))
            return Factory(call, method.Name, values);
        if (SameModule.Contains(method.Name) && (instance ?? (values.Count > 0 ? values[0] : null)) is Known.Reference same && torch.IsModule(call.Type))
            return same;
        if (instance is Known.Reference { Thing: { Layer.Name: var name } container } && Containers.Contains(name))
            return Grow(container, method.Name, values) ? instance : null;
        return null;
    }

    private Known.Reference Factory(IInvocationOperation origin, string name, List<Known?> values)
    {
        var layer = new LayerFactory(parameter => Argument(origin.Arguments, values, parameter), PairOf).Read(name);
        var thing = NewThing(origin, layer, null);
        _made.Add(thing);
        if (Containers.Contains(name))
            Set(new(thing, null), values.Count == 0 ? new Known.Items(ImmutableArray<Known?>.Empty)
                : values.Count == 1 && ElementsOf(values[0]) is { } children ? new Known.Items(children)
                : null);
        return new(thing);
    }

    /// <summary>The value of the parameter of this name, or of the first.</summary>
    private static Known? Argument(ImmutableArray<IArgumentOperation> arguments, List<Known?> values, string parameter)
    {
        for (var i = 0; i < values.Count; i++)
            if (parameter == LayerFactory.First || arguments[i].Parameter?.Name == parameter)
                return values[i];
        return null;
    }

    /// <summary>A pair, or one number that stands for both.</summary>
    private (Known.Whole Height, Known.Whole Width)? PairOf(Known? value) => value is Known.Whole both ? (both, both)
        : ElementsOf(value) is not { } elements ? null
        : elements.Length == 1 && elements[0] is Known.Whole one ? (one, one)
        : elements.Length == 2 && elements[0] is Known.Whole height && elements[1] is Known.Whole width ? (height, width)
        : null;

    /// <summary>What a method does to a container of modules; whether it gives the container back.</summary>
    private bool Grow(Thing container, string method, List<Known?> values)
    {
        switch (method)
        {
            case "append" or "Add" or "add_module":
                if (values.Count > 0)
                    Append(container, ImmutableArray.Create(values[values.Count - 1]));
                return method == "append";
            case "extend":
                Append(container, values.Count == 1 ? ElementsOf(values[0]) : null);
                return false;
            case "insert" or "Insert" or "Remove" or "RemoveAt" or "Clear" or "set_Item":
                Set(new(container, null), null);
                return false;
            default:
                return false;
        }
    }

    private void Append(Thing list, ImmutableArray<Known?>? values)
    {
        var slot = new Slot(list, null);
        Set(slot, values is { } more && this[slot] is Known.Items items && items.Values.Length + more.Length <= LayerFactory.MostChildren
            ? new Known.Items(items.Values.AddRange(more))
            : null);
    }

    private static bool IsList(INamedTypeSymbol type) =>
        type is { Name: "List", ContainingNamespace: { Name: "Generic", ContainingNamespace.Name: "Collections" } };

    private Known.Reference NewList(IObjectCreationOperation creation)
    {
        ImmutableArray<Known?>? elements = creation.Arguments.IsEmpty || creation.Arguments is [{ Value.Type.SpecialType: SpecialType.System_Int32 }]
            ? ImmutableArray<Known?>.Empty
            : ElementsOf(Evaluate(creation.Arguments[0].Value));
        var list = NewItems(creation, elements ?? ImmutableArray<Known?>.Empty);
        if (elements is null)
            Set(new(list.Thing, null), null);
        Initialize(creation.Initializer, list.Thing);
        return list;
    }

    /// <summary>Methods of .NET that are known; any other may do anything to the lists that it gets.</summary>
    private Known? Library(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        var instance = Evaluate(call.Instance);
        var values = call.Arguments.Select(argument => Evaluate(argument.Value)).ToList();
        switch (method.ContainingType)
        {
            case { Name: "Math" or "MathF", ContainingNamespace.Name: "System" }:
                return MathFunction(method.Name, values, method.ReturnType);
            case { Name: "Enumerable", ContainingNamespace.Name: "Linq" }:
                return Query(call, values);
            case { Name: "Tuple", IsStatic: true } when method.Name == "Create":
                return NewItems(call, values);
            case { } list when IsList(list) && instance is Known.Reference { Thing: var thing }:
                return ListMethod(call, thing, values);
        }
        foreach (var argument in call.Arguments)
            if (argument.Parameter?.RefKind is RefKind.Out or RefKind.Ref)
                AssignTo(argument.Value, null);
        Lose(instance);
        foreach (var value in values)
            Lose(value);
        return null;
    }

    private Known? ListMethod(IInvocationOperation call, Thing list, List<Known?> values)
    {
        switch (call.TargetMethod.Name)
        {
            case "Add":
                Append(list, ImmutableArray.Create(values[0]));
                return null;
            case "AddRange":
                Append(list, ElementsOf(values[0]));
                return null;
            case "ToArray":
                return Copied(call, new Known.Reference(list));
            case "Contains" or "IndexOf" or "get_Count":
                return null;
            default:
                Set(new(list, null), null);
                return null;
        }
    }

    private Known.Reference? Copied(IOperation call, Known? list) => ElementsOf(list) is { } elements ? NewItems(call, elements) : null;

    private Known? Query(IInvocationOperation call, List<Known?> values)
    {
        switch (call.TargetMethod.Name)
        {
            case "ToArray" or "ToList" or "AsEnumerable" or "Cast":
                return Copied(call, values[0]);
            case "Range" when values is [Known.Whole { Value: var from }, Known.Whole { Value: >= 0 and <= MostRounds } count]:
                return NewItems(call, Enumerable.Range(0, (int)count.Value).Select(i => (Known?)Arithmetic.From(new Known.Whole(from + i), count)));
            case "Repeat" when values is [var value, Known.Whole { Value: >= 0 and <= MostRounds and var times }]:
                return NewItems(call, Enumerable.Repeat(value, (int)times));
            case "Concat" when ElementsOf(values[0]) is { } first && ElementsOf(values[1]) is { } second:
                return NewItems(call, first.AddRange(second));
            case "Append" when ElementsOf(values[0]) is { } items:
                return NewItems(call, items.Add(values[1]));
            case "Select" when ElementsOf(values[0]) is { Length: <= MostRounds } items && values[1] is Known.Function function:
                return NewItems(call, items.Select((item, i) => Invoke(function, Ordered(Numbered(call, item, i), function.Parameters), call.Syntax)).ToList());
            case "Last" or "First" when values.Count == 1 && ElementsOf(values[0]) is { IsEmpty: false } items:
                return items[call.TargetMethod.Name == "First" ? 0 : items.Length - 1];
            case "Count" when values.Count == 1 && ElementsOf(values[0]) is { } items:
                return new Known.Whole(items.Length);
            default:
                return null;
        }
    }

    /// <summary>What Select gives its function: an element, and which one it is.</summary>
    private List<KeyValuePair<IParameterSymbol, Known?>> Numbered(IInvocationOperation call, Known? item, int index)
    {
        var parameter = call.TargetMethod.Parameters[0];
        Known? Said(Known? value) => value is null || value.Needs < _frame.Depth ? value : value with { Needs = _frame.Depth, Said = call.Syntax };
        return [new(parameter, Said(item)), new(parameter, Said(new Known.Whole(index)))];
    }

    private static Known? MathFunction(string name, List<Known?> values, ITypeSymbol type)
    {
        if (values.Any(value => Arithmetic.Number(value) is null))
            return null;
        var numbers = values.ConvertAll(value => Arithmetic.Number(value)!.Value);
        double? result = (name, numbers) switch
        {
            ("Max", [var a, var b]) => Math.Max(a, b),
            ("Min", [var a, var b]) => Math.Min(a, b),
            ("Abs", [var a]) => Math.Abs(a),
            ("Ceiling", [var a]) => Math.Ceiling(a),
            ("Floor", [var a]) => Math.Floor(a),
            ("Round", [var a]) => Math.Round(a),
            ("Truncate", [var a]) => Math.Truncate(a),
            ("Pow", [var a, var b and >= 0]) when a == Math.Floor(a) && b == Math.Floor(b) => Math.Pow(a, b),
            _ => null,
        };
        return result is null ? null : Arithmetic.Converted(Arithmetic.From(new Known.Real(result.Value, IsSingle: false), [.. values.OfType<Known>()]), type);
    }
}
