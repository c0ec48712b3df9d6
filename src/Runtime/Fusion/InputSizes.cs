using System.Collections.Immutable;
using Blockwright.Plans;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Blockwright;

/// <summary>What a network's inputs may be: each has its channels, all have as many images, and further ones grow and shrink with the first, by whose height and width all of them go.</summary>
internal static class InputSizes
{
    /// <summary>The inputs where the first is of a size.</summary>
    /// <exception cref="ArgumentException">A further one has no size that is as much larger or smaller than the first as it is declared.</exception>
    public static ImmutableArray<PlanInput> At(NetworkPlans plans, int height, int width)
    {
        var first = plans.Inputs[0];
        return [.. plans.Inputs.Select(input => input with { Height = Scaled(input, input.Height, height, first.Height), Width = Scaled(input, input.Width, width, first.Width) })];

        int Scaled(PlanInput input, int declared, int size, int from) => Math.DivRem((long)declared * size, from) is (<= int.MaxValue and var scaled, 0)
            ? (int)scaled
            : throw new ArgumentException(Invariant($"{plans.Network} takes no {first.Name} of {height} x {width}: {input.Name}, declared as {input.Height} x {input.Width} beside {first.Height} x {first.Width}, would not be of whole pixels."));
    }

    /// <summary>The inputs' shapes, for people: <c>2 x 3 x 224 x 224</c>, and of several each with its name.</summary>
    public static string Text(NetworkPlans plans, int batch, int height, int width) =>
        string.Join(", ", At(plans, height, width).Select(input => Invariant($"{(plans.Inputs.Length == 1 ? "" : input.Name + " ")}{batch} x {input.Channels} x {input.Height} x {input.Width}")));

    /// <summary>Whether a span holds the inputs, one behind another, each of all images.</summary>
    /// <exception cref="ArgumentException">It is of another length, or there is no such size.</exception>
    public static void CheckLength(NetworkPlans plans, int length, int batch, int height, int width)
    {
        // Of one nothing is allocated, as a function that keeps the batch would be.
        if (plans.Inputs is [var only])
            RunLengths.CheckInput(plans.Network, length, batch, only.Channels, height, width);
        else
            CheckTogether(plans, length, batch, height, width);
    }

    private static void CheckTogether(NetworkPlans plans, int length, int batch, int height, int width)
    {
        RunLengths.CheckSizes(batch, height, width);
        var needed = At(plans, height, width).Aggregate(Int128.Zero, (sum, input) => sum + ((Int128)batch * input.Channels * input.Height * input.Width));
        if (length != needed)
            throw new ArgumentException(Invariant($"{plans.Network}: {Text(plans, batch, height, width)}, one behind another, are {needed} values; the input has {length}."), "input");
    }

    /// <summary>Whether tensors are what a network with several inputs takes.</summary>
    /// <param name="plans">The network.</param>
    /// <param name="whose">Whose call it is, for messages.</param>
    /// <param name="inputs">As many as there are.</param>
    /// <exception cref="ArgumentException">One has another shape, was disposed, or is of another type or on another device than the first.</exception>
    public static void Check(NetworkPlans plans, string whose, IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count != plans.Inputs.Length)
            throw new ArgumentException(Invariant($"{whose} takes {plans.Inputs.Length} inputs, {string.Join(", ", plans.Inputs.Select(static input => input.Name))}, and was given {inputs.Count}."), nameof(inputs));
        for (var i = 0; i < inputs.Count; i++)
        {
            var (name, channels) = (plans.Inputs[i].Name, plans.Inputs[i].Channels);
            ArgumentNullException.ThrowIfNull(inputs[i], name);
            if (inputs[i].IsInvalid)
                throw new ArgumentException($"{whose} was given a tensor as {name} that has been disposed (a dispose scope frees what was made in it when it ends).", name);
            if (inputs[i].dim() != 4 || inputs[i].size(1) != channels || inputs[i].size(2) < 1 || inputs[i].size(3) < 1)
                throw new ArgumentException(Invariant($"{whose} takes {name} of N x {channels} x H x W, and was given {inputs[i].shape.Joined(" x ")}."), name);
        }
        var first = inputs[0];
        var sizes = At(plans, (int)first.size(2), (int)first.size(3));
        for (var i = 1; i < inputs.Count; i++)
        {
            var (name, input) = (sizes[i].Name, inputs[i]);
            if (input.size(0) != first.size(0))
                throw new ArgumentException(Invariant($"{whose} takes as many images of each input, and was given {first.size(0)} as {sizes[0].Name} and {input.size(0)} as {name}."), name);
            if ((input.size(2), input.size(3)) != (sizes[i].Height, sizes[i].Width))
                throw new ArgumentException(Invariant($"{whose} takes {name} of {sizes[i].Height} x {sizes[i].Width} beside {sizes[0].Name} of {sizes[0].Height} x {sizes[0].Width}, as it is declared, and was given {input.size(2)} x {input.size(3)}."), name);
            if (input.dtype != first.dtype || input.device.ToString() != first.device.ToString())
                throw new ArgumentException($"{whose} takes inputs of one type on one device, and was given {first.dtype} on {first.device} as {sizes[0].Name} and {input.dtype} on {input.device} as {name}.", name);
        }
    }
}
