using Blockwright.Generator.Plan.Gpu;
using Blockwright.Kernels;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>
/// A convolution or linear layer as a product of matrices: weights times values that are brought into shared memory tile by tile, from wherever their channels lie and, under a window, from wherever its taps
/// point. The pixels of all images stand in one row, so that small maps fill a tile together. Residual and activation are applied in registers.
/// </summary>
internal static class ProductKernel
{
    public static WrittenKernel Write(GpuPlan plan, GpuStep step, ProductTile tile)
    {
        var text = new KernelText(plan, step);
        var numbers = new Numbers(step, tile);
        var at = text.WeightsAt();
        var body = Invariant($$"""
                SHARED(xs, {{tile.Depth * tile.Columns}});
                SHARED(ws, {{tile.Depth * tile.Rows}});
            {{(tile.Parts > 1 ? Invariant($"    SHARED(sums, {(tile.Parts - 1) * tile.Rows * tile.Columns});\n") : "")}}    const int t = THREAD(), {{(tile.Parts > 1 ? Invariant($"part = t / {tile.ThreadsOfPart}, u = t % {tile.ThreadsOfPart}") : "u = t")}}, tx = u % {{numbers.Across}}, ty = u / {{numbers.Across}};
                const int tile = GROUP() % {{numbers.Each}}, group = tile / {{numbers.TilesOfGroup}}, m0 = tile % {{numbers.TilesOfGroup}} * {{tile.Rows}}, q0 = GROUP() / {{numbers.Each}} * {{tile.Columns}};
                const int pixels = {{text.Pixels(step.Grid)}}, total = n * pixels;
            {{Columns(text, numbers)}}
                float sum[{{tile.ThreadRows}}][{{tile.ThreadColumns}}];
                UNROLL for (int i = 0; i < {{tile.ThreadRows}}; i++)
                    UNROLL for (int j = 0; j < {{tile.ThreadColumns}}; j++)
                        sum[i][j] = 0.0f;
                for (int k0 = 0; k0 < {{numbers.Depth}}; k0 += {{tile.Depth}})
                {
            {{LoadValues(text, numbers)}}
            {{LoadWeights(numbers, at)}}
                    BARRIER();
                    UNROLL for (int d = 0; d < {{tile.Depth / tile.Parts}}; d++)
                    {
                        const int k = {{(tile.Parts > 1 ? Invariant($"d * {tile.Parts} + part") : "d")}};
                        float a[{{tile.ThreadRows}}], b[{{tile.ThreadColumns}}];
                        UNROLL for (int i = 0; i < {{tile.ThreadRows}}; i++) a[i] = ws[k * {{tile.Rows}} + ty * {{tile.ThreadRows}} + i];
                        UNROLL for (int j = 0; j < {{tile.ThreadColumns}}; j++) b[j] = xs[k * {{tile.Columns}} + j * {{numbers.Across}} + tx];
                        UNROLL for (int i = 0; i < {{tile.ThreadRows}}; i++)
                            UNROLL for (int j = 0; j < {{tile.ThreadColumns}}; j++)
                                sum[i][j] = FMA(a[i], b[j], sum[i][j]);
                    }
                    BARRIER();
                }
            {{AddParts(tile)}}    {{(tile.Parts > 1 ? "if (part == 0) " : "")}}UNROLL for (int j = 0; j < {{tile.ThreadColumns}}; j++)
                {
                    const int q = q0 + j * {{numbers.Across}} + tx, image = q / pixels, p = q % pixels;
                    if (q < total) UNROLL for (int i = 0; i < {{tile.ThreadRows}}; i++)
                    {
                        const int m = m0 + ty * {{tile.ThreadRows}} + i, c = group * {{numbers.Rows}} + m;
                        if (m < {{numbers.Rows}})
                        {
                            float v = sum[i][j] + w[{{at}} + {{numbers.Weights}} + c];
            {{Residual(text)}}                GLOBAL float* y = {{text.Plane(step.Output, "image", "c")}};
                            y[p] = {{text.Apply("v")}};
                        }
                    }
                }
            """);
        var summary = Invariant($"{step.ChannelsOf(0)} -> {step.Channels} channels, window {PlanWords.WindowText(step.Window)}{(step.Groups > 1 ? $", {PlanWords.Text(step.Groups)} groups" : "")}: a tile of {tile.Rows} channels x {tile.Columns} pixels, {tile.Depth} deep; a thread has {tile.ThreadRows} x {tile.ThreadColumns}{(tile.Parts > 1 ? $", one of {PlanWords.Text(tile.Parts)} parts of the depth" : "")}");
        return new(step.Kind, tile.Threads, tile.SharedFloats * sizeof(float), text.Whole(tile.Threads, summary, body), new(step.Grid, tile.Columns, numbers.Each), text.Arguments);
    }

    /// <summary>Where the columns are that a thread brings: the same in each round.</summary>
    private static string Columns(KernelText text, Numbers numbers)
    {
        var (step, tile) = (text.Step, numbers.Tile);
        var window = step.Window;
        var place = numbers.IsPointwise
            ? "            at0[i] = q < total ? q % pixels : -1;"
            : Invariant($"""
                        y0[i] = q < total ? q % pixels / {text.Width(step.Grid)} * {PlanWords.Text(window.StrideHeight)} - {PlanWords.Text(window.PaddingHeight)} : -(1 << 30);
                        x0[i] = q % pixels % {text.Width(step.Grid)} * {PlanWords.Text(window.StrideWidth)} - {PlanWords.Text(window.PaddingWidth)};
            """);
        return Invariant($$"""
                int image0[{{numbers.ColumnsOfThread}}], {{(numbers.IsPointwise ? Invariant($"at0[{numbers.ColumnsOfThread}]") : Invariant($"y0[{numbers.ColumnsOfThread}], x0[{numbers.ColumnsOfThread}]"))}};
                UNROLL for (int i = 0; i < {{numbers.ColumnsOfThread}}; i++)
                {
                    const int q = q0 + (t + i * {{tile.Threads}}) % {{tile.Columns}};
                    image0[i] = q / pixels;
            {{place}}
                }
            """);
    }

    private static string LoadValues(KernelText text, Numbers numbers)
    {
        var (step, tile, window) = (text.Step, numbers.Tile, text.Step.Window);
        var runs = step.Operands[0];
        var loads = (tile.Depth * tile.Columns) + tile.Threads - 1;
        var guard = tile.Depth * tile.Columns % tile.Threads == 0 ? "" : Invariant($"if (e < {tile.Depth * tile.Columns}) ");
        string value;
        if (numbers.IsPointwise)
        {
            value = Invariant($$"""
                                float v = 0.0f;
                                if (k < {{numbers.Depth}} && at0[s] >= 0)
                                {
                                    const int c = group * {{numbers.Depth}} + k;
                                    v = ({{text.Plane(runs, "image0[s]", "c")}})[at0[s]];
                                }
                """);
        }
        else
        {
            var (h, w) = (text.Height(text.GridOf(runs[0])), text.Width(text.GridOf(runs[0])));
            value = Invariant($$"""
                                float v = 0.0f;
                                const int y = y0[s] + k % {{window.Taps}} / {{window.KernelWidth}} * {{window.DilationHeight}}, x = x0[s] + k % {{window.KernelWidth}} * {{window.DilationWidth}};
                                if (k < {{numbers.Depth}} && y >= 0 && y < {{h}} && x >= 0 && x < {{w}})
                                {
                                    const int c = group * {{numbers.Depth / window.Taps}} + k / {{window.Taps}};
                                    v = ({{text.Plane(runs, "image0[s]", "c")}})[y * {{w}} + x];
                                }
                """);
        }
        return Invariant($$"""
                    UNROLL for (int i = 0; i < {{loads / tile.Threads}}; i++)
                    {
                        const int e = t + i * {{tile.Threads}}, k = k0 + e / {{tile.Columns}}, s = i % {{numbers.ColumnsOfThread}};
                        {{guard}}{
            {{value}}
                            xs[e] = v;
                        }
                    }
            """);
    }

    private static string LoadWeights(Numbers numbers, string at)
    {
        var tile = numbers.Tile;
        var count = tile.Depth * tile.Rows;
        var guard = count % tile.Threads == 0 ? "" : Invariant($"if (e < {count}) ");
        return Invariant($$"""
                    UNROLL for (int i = 0; i < {{(count + tile.Threads - 1) / tile.Threads}}; i++)
                    {
                        const int e = t + i * {{tile.Threads}}, k = k0 + e / {{tile.Rows}}, m = m0 + e % {{tile.Rows}};
                        {{guard}}ws[e] = k < {{numbers.Depth}} && m < {{numbers.Rows}} ? w[{{at}} + (group * {{numbers.Depth}} + k) * {{numbers.Rows}} + m] : 0.0f;
                    }
            """);
    }

    /// <summary>The sums of all parts, in the threads of the first.</summary>
    private static string AddParts(ProductTile tile)
    {
        if (tile.Parts == 1)
            return "";
        var each = tile.ThreadRows * tile.ThreadColumns;
        var per = tile.ThreadsOfPart;
        return Invariant($$"""
                if (part > 0) for (int i = 0; i < {{tile.ThreadRows}}; i++)
                    for (int j = 0; j < {{tile.ThreadColumns}}; j++)
                        sums[((part - 1) * {{each}} + i * {{tile.ThreadColumns}} + j) * {{per}} + u] = sum[i][j];
                BARRIER();
                if (part == 0) for (int other = 0; other < {{tile.Parts - 1}}; other++)
                    UNROLL for (int i = 0; i < {{tile.ThreadRows}}; i++)
                        UNROLL for (int j = 0; j < {{tile.ThreadColumns}}; j++)
                            sum[i][j] += sums[(other * {{each}} + i * {{tile.ThreadColumns}} + j) * {{per}} + u];

            """);
    }

    private static string Residual(KernelText text) =>
        text.Step.Residual.IsEmpty ? "" : $"                v += ({text.Plane(text.Step.Residual, "image", "c")})[p];\n";

    /// <summary>What a product's text repeats.</summary>
    private readonly struct Numbers(GpuStep step, ProductTile tile)
    {
        public ProductTile Tile => tile;

        /// <summary>Output channels of a group of channels.</summary>
        public int Rows => step.Channels / step.Groups;

        /// <summary>Input channels and taps of a group of channels.</summary>
        public int Depth => step.ChannelsOf(0) / step.Groups * step.Window.Taps;

        /// <summary>The floats before the biases.</summary>
        public int Weights => step.Channels * Depth;

        public int TilesOfGroup => (Rows + tile.Rows - 1) / tile.Rows;

        /// <summary>Groups of threads for the same pixels.</summary>
        public int Each => TilesOfGroup * step.Groups;

        /// <summary>Threads side by side along the pixels.</summary>
        public int Across => tile.Columns / tile.ThreadColumns;

        /// <summary>Columns of the tile of which a thread brings values.</summary>
        public int ColumnsOfThread => Math.Max(1, tile.Columns / tile.Threads);

        public bool IsPointwise => step.Window == Window.Pixel;
    }
}
