namespace Blockwright.Plans;

/// <summary>What the steps of a plan compute and move.</summary>
internal static class PlanCosts
{
    /// <summary>Steps that go together, for one image: what passes from one to the next stays in the cache.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sizes">Each grid's height and width.</param>
    /// <param name="first">The first step.</param>
    /// <param name="last">The last step.</param>
    public static OperationCost Of(CpuPlan plan, (int Height, int Width)[] sizes, int first, int last)
    {
        var (weights, multiplyAdds) = (0L, 0L);
        foreach (var step in plan.Steps.AsSpan(first, last + 1 - first))
        {
            if (step.Weights is not { } own)
                continue;
            weights = checked(weights + Values(own));
            if (step.Kind is KernelKind.Convolution or KernelKind.Depthwise or KernelKind.ConvTranspose)
                multiplyAdds = checked(multiplyAdds + (own.Shape.Aggregate(1L, static (product, size) => product * size) * Pixels(step.Kind == KernelKind.ConvTranspose ? step.Inputs[0].Buffer : step.Output)));
        }
        var (begin, end) = (plan.Steps[first], plan.Steps[last]);
        var read = begin.Inputs.IsEmpty ? plan.Buffers[begin.Output].Channels * Pixels(begin.Output) : begin.Inputs.Concat(begin.Others).Concat(end.Others).Distinct().Sum(run => run.Count * Pixels(run.Buffer));
        var written = end.Output >= 0 ? plan.Buffers[end.Output].Channels * Pixels(end.Output) : plan.Results[end.Result].Channels * PixelsOf(plan.Results[end.Result].Grid);
        return new(weights, multiplyAdds, read, written);

        long Pixels(int buffer) => PixelsOf(plan.Buffers[buffer].Grid);

        long PixelsOf(int grid) => (long)sizes[grid].Height * sizes[grid].Width;
    }

    /// <summary>The values of folded weights, their bias too; of a batch norm by itself its scale and shift.</summary>
    private static long Values(PlanWeights weights) =>
        weights.Key.Length == 0 ? 2L * weights.Shape[0] : weights.Shape.Aggregate(1L, static (product, size) => product * size) + (weights.HasFoldedBias ? weights.OutChannels : 0);
}
