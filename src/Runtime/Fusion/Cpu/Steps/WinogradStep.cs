using Blockwright.Kernels;
using Blockwright.Kernels.Winograd;
using Blockwright.Plans;

namespace Blockwright.Cpu.Steps;

/// <summary>A 3 x 3 convolution of stride 1 by tiles, a residual and an activation in its epilogue.</summary>
internal sealed unsafe class WinogradStep(PlanStep plan, InstructionSet set, WinogradForm form, FoldedLayer layer) : ProductStep(plan), IConvolving
{
    private readonly PackedWinograd _packed = new(form, set, Convolutions.WeightsOf(plan, layer), Convolutions.BiasOf(plan, layer), (int)layer.Shape[0], Convolutions.RunsOf(plan));
    private readonly Activation _function = CpuSteps.FunctionOf(plan);

    public WinogradForm Form => _packed.Form;

    public override AlignedMemory Weights => _packed.Memory;

    public override AlignedMemory? Following
    {
        set => _packed.Following = value;
    }

    public override BoundStep Bind(StepMemory memory) => Bind(memory.Runs(Plan.Inputs), memory.Map(Plan.Output), memory.Residual(Plan), memory.Scratch);

    public BoundStep Bind(FeatureMap[] inputs, FeatureMap output, FeatureMap residual, ScratchMemory scratch) => new Bound(this, inputs, output, residual, scratch);

    public override void Dispose() => _packed.Dispose();

    private sealed class Bound : BoundStep
    {
        private readonly WinogradStep _step;
        private readonly FeatureMap[] _inputs;
        private readonly FeatureMap _output;
        private readonly FeatureMap _residual;
        private readonly ScratchMemory _scratch;

        public Bound(WinogradStep step, FeatureMap[] inputs, FeatureMap output, FeatureMap residual, ScratchMemory scratch)
        {
            (_step, _inputs, _output, _residual, _scratch) = (step, inputs, output, residual, scratch);
            _scratch.Reserve(WinogradConvolution.ScratchFloats(step._packed, _output), WinogradConvolution.PartsUsed(step._packed, _output, _scratch.Parts));
        }

        public override void Run(Share share) =>
            WinogradConvolution.Run(_step._packed, _step.Plan.Window, _inputs, _output, _step._function, _residual, _scratch.Of(share.Part), share);
    }
}
