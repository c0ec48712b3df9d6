using System.Collections.Immutable;
using System.Text;
using Blockwright.Generator.Plan.Gpu;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>What is done to values of any sizes: planes hold their elements one behind another.</summary>
internal static class ArrangingKernels
{
    private const int Threads = 128;

    /// <summary>Elements in another order: a thread for each that is written.</summary>
    public static WrittenKernel Permute(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var (sizes, dims) = Merged(step.Sizes, step.Dims);
        var find = new StringBuilder();
        for (var i = dims.Count - 1; i >= 0; i--)
        {
            var pitch = PlanDimension.Product(sizes.Skip(dims[i] + 1));
            var place = i == 0 ? "rest" : $"rest % ({Size(text, sizes[dims[i]])})";
            find.Append(Invariant($"        at += {place}{(pitch.IsOne ? "" : $" * ({Size(text, pitch)})")};{(i == 0 ? "" : $" rest /= {Size(text, sizes[dims[i]], isDivisor: true)};")}\n"));
        }
        var body = Invariant($$"""
                    int rest = c * {{text.Pixels(step.Grid)}} + p, at = 0;
            {{find}}
                    const int channel = at / {{Pixels(text)}};
                    const float v = ({{text.Plane(step.Operands[0], "image", "channel")}})[at % {{Pixels(text)}}];
            """);
        return ChannelwiseKernels.Whole(plan, text, Invariant($"{dims.Count} sizes in the order {string.Join(", ", dims.Select(PlanWords.Text))}"), body);
    }

    /// <summary>A softmax over the middle one of three sizes, or its logarithm: a thread for all that sums to 1.</summary>
    public static WrittenKernel Softmax(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var (length, within, pixels) = (Size(text, step.Sizes[1]), Size(text, step.Sizes[2]), text.Pixels(step.Grid));
        var value = step.Kind == KernelKind.LogSoftmax ? "x - greatest - log" : "EXP(x - greatest) / sum";
        var log = step.Kind == KernelKind.LogSoftmax ? "const float log = LOG1P(sum - 1.0f);" : "";
        var read = Invariant($$"""
                            const int at = first + i * ({{within}}), channel = at / {{Pixels(text)}};
                            const float x = ({{text.Plane(step.Operands[0], "image", "channel")}})[at % {{Pixels(text)}}];
            """);
        var body = Invariant($$"""
                const int q = GROUP() / {{step.Channels}} * {{Threads}} + THREAD(), image = q / {{pixels}}, row = GROUP() % {{step.Channels}} * {{pixels}} + q % {{pixels}};
                if (q < n * {{pixels}} && row < {{Size(text, PlanDimension.Product([step.Sizes[0], step.Sizes[2]]))}})
                {
                    const int first = row / ({{within}}) * ({{length}}) * ({{within}}) + row % ({{within}});
                    float greatest = -INFINITY, sum = 0.0f;
                    for (int i = 0; i < {{length}}; i++)
                    {
            {{read}}
                        greatest = x > greatest || x != x ? x : greatest;
                    }
                    for (int i = 0; i < {{length}}; i++)
                    {
            {{read}}
                        sum += EXP(x - greatest);
                    }
                    {{log}}
                    for (int i = 0; i < {{length}}; i++)
                    {
            {{read}}
                        const int written = at / {{pixels}};
                        GLOBAL float* y = {{text.Plane(step.Output, "image", "written")}};
                        y[at % {{pixels}}] = {{value}};
                    }
                }
            """);
        return new(step.Kind, Threads, 0, text.Whole(Threads, Invariant($"{step.Kind} of {length} elements, {within} apart"), body), new(step.Grid, Threads, step.Channels), text.Arguments);
    }

    /// <summary>Sizes that follow each other on both sides as one.</summary>
    private static (IReadOnlyList<PlanDimension> Sizes, IReadOnlyList<int> Dims) Merged(ImmutableArray<PlanDimension> sizes, ImmutableArray<int> dims)
    {
        var groups = new List<List<int>>();
        foreach (var dimension in dims)
        {
            if (groups.Count > 0 && groups[groups.Count - 1] is var last && last[last.Count - 1] == dimension - 1)
                last.Add(dimension);
            else
                groups.Add([dimension]);
        }
        var inOrder = groups.OrderBy(static group => group[0]).ToList();
        return ([.. inOrder.Select(group => PlanDimension.Product(group.Select(dimension => sizes[dimension])))], [.. groups.Select(group => inOrder.IndexOf(group))]);
    }

    private static string Pixels(KernelText text) => text.Pixels(text.GridOf(text.Step.Operands[0][0]));

    /// <summary>A size of what is read, of the map that it is made of.</summary>
    private static string Size(KernelText text, PlanDimension size, bool isDivisor = false)
    {
        var grid = text.GridOf(text.Step.Operands[0][0]);
        var factors = Enumerable.Repeat(text.Height(grid), size.Heights).Concat(Enumerable.Repeat(text.Width(grid), size.Widths)).ToList();
        if (size.Times != 1 || factors.Count == 0)
            factors.Insert(0, PlanWords.Text(size.Times));
        var product = string.Join(" * ", factors);
        return isDivisor && factors.Count > 1 ? $"({product})" : product;
    }
}
