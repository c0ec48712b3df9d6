using Blockwright.Analyzers.HandWritten.Code;
using Blockwright.Analyzers.HandWritten.Construction;
using Blockwright.Graph;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Blockwright.Analyzers.HandWritten.Units;

/// <summary>TorchSharp's functions that a unit is made of.</summary>
internal sealed partial class UnitReader
{
    /// <summary>The channels of the input, once they are known; until then a part of any size is taken for a half.</summary>
    public Amount? InputChannels { get; init; }

    private Known? Function(IInvocationOperation call, Interpreter walk)
    {
        var name = call.TargetMethod.Name;
        if (name == "NewDisposeScope")
            return IsUsed(call) ? new Known.Foreign(new Scope()) : null;
        if (name is "cat" or "concat")
            return Foreign(Own(Concatenate(call, walk)));
        // x.f(...), torch.f(x, ...) and functional.f(x, ...).
        var operand = call.Instance ?? (call.Arguments.IsEmpty ? null : call.Arguments[0].Value);
        if (operand is null || !torch.IsTensor(operand.Type) || walk.Evaluate(operand).As<UnitFlow>() is not { } tensor)
            return null;
        if (call.TargetMethod.Name == "size")
            return call.Arguments is [var dimension] && walk.Evaluate(dimension.Value) is Known.Whole { Value: >= 0 and < 4 and var which }
                ? new Known.Symbol(SizeOf(tensor, which))
                : null;
        return Foreign(Own(Function(call, tensor, walk)));
    }

    private object? Function(IInvocationOperation call, UnitFlow tensor, Interpreter walk)
    {
        var name = call.TargetMethod.Name;
        var own = call.Instance is null ? call.Arguments[0].Parameter!.Name : "";
        switch (name)
        {
            case "MoveToOuterDisposeScope" or "DetachFromDisposeScope":
                return MoveOut(tensor, toNext: name == "MoveToOuterDisposeScope");
            case "chunk":
                return tensor is UnitFlow.Input && Whole(call, "chunks", walk) == 2 && Whole(call, "dim", walk) == 1 ? Halves(tensor) : null;
            case "split":
                return Whole(call, "dim", walk) == 1 && tensor is UnitFlow.Input && call.Arguments.FirstOrDefault(one => one.Parameter is { Name: not "dim" }
                    && !torch.IsTensor(one.Parameter.Type)) is { } size && IsInHalves(tensor, size.Value, walk)
                    ? Halves(tensor)
                    : null;
            case "channel_shuffle":
                return Whole(call, "groups", walk) is > 0 and var groups ? Shuffled(tensor, groups) : null;
            case "view" or "reshape":
                return name == "view" && tensor is UnitFlow.Apart { IsContiguous: false } ? null : View(tensor, call.Argument("shape")?.Value, walk);
            case "transpose" or "swapaxes":
                return tensor is UnitFlow.Apart { Swapped: false } apart && Dimensions(call, walk) is (1, 2) or (2, 1) ? Swap(apart) : null;
            case "permute":
                return tensor is UnitFlow.Apart { Swapped: false } laid
                    && call.Argument("permutation")?.Value.Elements()?.Select(Constants.Whole).SequenceEqual(new long?[] { 0, 2, 1, 3, 4 }) == true
                    ? Swap(laid)
                    : null;
            case "contiguous":
                return tensor is UnitFlow.Apart { Swapped: true } scattered ? Swap(scattered, isContiguous: true) : tensor;
            case "alias":
                return tensor;
            default:
                return UnitFactories.ActivationsByFunction.TryGetValue(name.TrimEnd('_'), out var activation) && UnitFactories.AreDefaults(call, own, "inplace")
                    ? Extend(tensor, new(null, [new(activation)]))
                    : null;
        }
    }

    private static UnitFlow.Concat? Concatenate(IInvocationOperation call, Interpreter walk)
    {
        if ((Whole(call, "dim", walk) ?? Whole(call, "axis", walk)) != 1 || call.Arguments[0].Value.Elements() is not [var left, var right]
            || walk.Evaluate(left).As<UnitFlow>() is not { } first || walk.Evaluate(right).As<UnitFlow>() is not { } second)
            return null;
        return IsRead(first) && IsRead(second) ? new(first, second) : null;
    }

    private static UnitFlows? Halves(UnitFlow input) => IsRead(input) ? new([new UnitFlow.Part(0), new UnitFlow.Part(1)]) : null;

    /// <summary>Notes a read. Only the input may be read twice: what is read once may be overwritten by who reads it.</summary>
    private static bool IsRead(UnitFlow tensor) => tensor.Reads++ == 0 || tensor is UnitFlow.Input;

    /// <summary>split(half), and split([half, half]).</summary>
    private bool IsInHalves(UnitFlow input, IOperation sizes, Interpreter walk) => sizes.Elements() is { } elements
        ? elements.Count == 2 && elements.All(size => IsHalf(input, walk.Evaluate(size)))
        : IsHalf(input, walk.Evaluate(sizes));

    /// <summary>Half of the input's channels: as the class's numbers say it, or as the tensor's own size does.</summary>
    private bool IsHalf(UnitFlow input, Known? size) => Arithmetic.Amount(size) is { } amount
        && (InputChannels is null || amount.Equals(InputChannels.DividedBy(Amount.Of(2))) || amount.Equals(SizeOf(input, 1).DividedBy(Amount.Of(2))));

    private UnitFlow? View(UnitFlow tensor, IOperation? shape, Interpreter walk)
    {
        if (shape?.Elements()?.Select(size => Arithmetic.Amount(walk.Evaluate(size))).ToList() is not { } sizes || sizes.Any(size => size is null))
            return null;
        switch (tensor, sizes)
        {
            case (UnitFlow.Concat, [var n, var groups, var rest, var h, var w]) when groups!.Constant is > 0 and var count
                && Is(tensor, 0, n) && Is(tensor, 2, h) && Is(tensor, 3, w)
                && (rest!.Constant == -1 || rest.Equals(SizeOf(tensor, 1).DividedBy(groups))):
                return IsRead(tensor) ? new UnitFlow.Apart(tensor, count, swapped: false) : null;
            case (UnitFlow.Apart { Swapped: true } apart, [var n, var c, var h, var w]) when
                Is(apart.Whole, 0, n) && Is(apart.Whole, 2, h) && Is(apart.Whole, 3, w) && (c!.Constant == -1 || Is(apart.Whole, 1, c)):
                return IsRead(tensor) ? new UnitFlow.Shuffled(apart.Whole, apart.Groups) : null;
            default:
                return null;
        }
    }

    private bool Is(UnitFlow tensor, long dimension, Amount? size) => SizeOf(tensor, dimension).Equals(size);

    private static UnitFlow.Apart? Swap(UnitFlow.Apart apart, bool isContiguous = false) =>
        IsRead(apart) ? new(apart.Whole, apart.Groups, swapped: true) { IsContiguous = isContiguous } : null;

    private static UnitFlow.Shuffled? Shuffled(UnitFlow tensor, long groups) =>
        tensor is UnitFlow.Concat && IsRead(tensor) ? new(tensor, groups) : null;

    private static long? Whole(IInvocationOperation call, string parameter, Interpreter walk) =>
        call.Argument(parameter) is { } argument ? (walk.Evaluate(argument.Value) as Known.Whole)?.Value : null;

    private static (long?, long?) Dimensions(IInvocationOperation call, Interpreter walk) => (Whole(call, "dim0", walk), Whole(call, "dim1", walk));
}
