using Blockwright.Generator.Plan.Gpu;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Generator.Emit.Gpu;

/// <summary>A transposed convolution: a thread for each pixel that comes out, which gathers what the taps that reach it bring.</summary>
internal static class TransposedKernel
{
    public static WrittenKernel Write(GpuPlan plan, GpuStep step)
    {
        var text = new KernelText(plan, step);
        var (at, window, grid) = (text.WeightsAt(), step.Window, text.GridOf(step.Operands[0][0]));
        var (h, w, across) = (text.Height(grid), text.Width(grid), text.Width(step.Grid));
        var (rows, depth) = (step.Channels / step.Groups, step.ChannelsOf(0) / step.Groups);
        var residual = step.Residual.IsEmpty ? "" : $"v += ({text.Plane(step.Residual, "image", "c")})[p];";
        var body = Invariant($$"""
                    const int group = c / {{rows}}, top = p / {{across}} + {{window.PaddingHeight}}, left = p % {{across}} + {{window.PaddingWidth}};
                    float v = w[{{at}} + {{step.Channels * depth * window.Taps}} + c];
                    for (int r = 0; r < {{window.KernelHeight}}; r++)
                        for (int s = 0; s < {{window.KernelWidth}}; s++)
                        {
                            const int yy = top - r * {{window.DilationHeight}}, xx = left - s * {{window.DilationWidth}};
                            if (yy >= 0 && yy % {{window.StrideHeight}} == 0 && yy / {{window.StrideHeight}} < {{h}} && xx >= 0 && xx % {{window.StrideWidth}} == 0 && xx / {{window.StrideWidth}} < {{w}})
                                for (int k = group * {{depth}}; k < (group + 1) * {{depth}}; k++)
                                {
                                    GLOBAL const float* x0 = {{text.Plane(step.Operands[0], "image", "k")}};
                                    v = FMA(w[{{at}} + (k * {{window.Taps}} + r * {{window.KernelWidth}} + s) * {{rows}} + c % {{rows}}], x0[yy / {{window.StrideHeight}} * {{w}} + xx / {{window.StrideWidth}}], v);
                                }
                        }
                    {{residual}}
            """);
        return ChannelwiseKernels.Whole(plan, text, $"transposed, {PlanWords.WindowText(window)}", body);
    }
}
