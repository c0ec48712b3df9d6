namespace Blockwright.Kernels.Simd;

/// <summary>
/// How an operation ends. A clamp is done by the operation's own loop, in registers. Everything else is a sweep over some pixels just after they were
/// written, in the first-level cache: residual and activation in one.
/// </summary>
internal unsafe struct Epilogue
{
    /// <summary>Pixels of one to three registers that stay in the first-level cache, with a residual beside them.</summary>
    public const int Stretch = 42;

    /// <summary>What the operation's own loop ends with.</summary>
    public Bounds Bounds;

    private readonly float _first;
    private readonly float _second;
    private readonly int _lanes;
    private readonly delegate* managed<Sweep*, void> _loop;
    private readonly delegate* managed<Sweep*, void> _half;

    /// <param name="set">The instructions to use.</param>
    /// <param name="activation">Applied last.</param>
    /// <param name="hasResidual">Whether a second value is added before it.</param>
    /// <param name="isAlwaysSwept">Whether not even a clamp is the loop's to do.</param>
    public Epilogue(InstructionSet set, Activation activation, bool hasResidual, bool isAlwaysSwept = false)
    {
        (_first, _second) = (activation.First, activation.Second);
        _lanes = InstructionSets.Lanes(set);
        if (hasResidual)
        {
            _loop = LoopOf<Sum>.On(set, activation);
            _half = Half<Sum>(set, activation);
        }
        else if (activation.Formula.IsClamp && !isAlwaysSwept)
        {
            Bounds = new Bounds(_first, _second);
        }
        else if (activation.Formula != Formulas.None)
        {
            _loop = LoopOf<Identity>.On(set, activation);
            _half = Half<Identity>(set, activation);
        }
    }

    /// <summary>Whether the operation's own loop does all of it.</summary>
    public readonly bool IsInRegisters => _loop == null;

    /// <summary>row = activation(row + residual), for the lanes of some pixels that lie side by side.</summary>
    public readonly void Run(float* row, nint pitch, float* residual, nint residualPitch, nint pixels, nint lanes)
    {
        var sweep = new Sweep
        {
            A = row,
            B = residual,
            Target = row,
            StepA = pitch,
            StepB = residualPitch,
            TargetStep = pitch,
            Pixels = pixels,
            Lanes = lanes - lanes % _lanes,
            First = _first,
            Second = _second,
        };
        if (sweep.Lanes > 0)
            _loop(&sweep);
        if (sweep.Lanes == lanes)
            return;
        sweep.A += sweep.Lanes;
        sweep.B += sweep.Lanes;
        sweep.Target += sweep.Lanes;
        sweep.Lanes = lanes - sweep.Lanes;
        _half(&sweep);
    }

    // A panel may end in half a 512-bit register.
    private static delegate* managed<Sweep*, void> Half<TOperation>(InstructionSet set, Activation activation) where TOperation : struct, IOperation =>
        set == InstructionSet.Avx512 ? LoopOf<TOperation>.On(InstructionSet.Avx2, activation) : null;
}
