using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>
/// One pass over pixels, element by element: target = activation(operation(a, b, c)). The target may be one of the operands. The loop is compiled for each
/// operation, formula and instruction set; <see cref="LoopOf{TOperation}"/> finds it, once for many pixels.
/// </summary>
internal unsafe struct Sweep
{
    /// <summary>The first pixel of each operand; what the operation does not take is not read.</summary>
    public float* A, B, C;

    /// <summary>The first pixel of the result.</summary>
    public float* Target;

    /// <summary>Floats from a pixel to the next.</summary>
    public nint StepA, StepB, StepC, TargetStep;

    /// <summary>Pixels.</summary>
    public nint Pixels;

    /// <summary>Floats of a pixel: whole registers.</summary>
    public nint Lanes;

    /// <summary>The activation's parameters.</summary>
    public float First, Second;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TOperation, TFormula, TSimd, TVector>(Sweep* job)
        where TOperation : struct, IOperation
        where TFormula : struct, IFormula
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        float* a = job->A, b = job->B, c = job->C, target = job->Target;
        nint stepA = job->StepA, stepB = job->StepB, stepC = job->StepC, targetStep = job->TargetStep, lanes = job->Lanes;
        TVector first = TSimd.Broadcast(job->First), second = TSimd.Broadcast(job->Second);
        for (var left = job->Pixels; left > 0; left--)
        {
            nint lane = 0;
            // Two at a time: what a step of the loop itself takes is much of what a short formula does.
            for (; lane + TSimd.Lanes < lanes; lane += 2 * TSimd.Lanes)
            {
                var (left0, left1) = (TOperation.Apply<TSimd, TVector>(a + lane, b + lane, c + lane), TOperation.Apply<TSimd, TVector>(a + lane + TSimd.Lanes, b + lane + TSimd.Lanes, c + lane + TSimd.Lanes));
                TSimd.Store(target + lane, TFormula.Apply<TSimd, TVector>(left0, first, second));
                TSimd.Store(target + lane + TSimd.Lanes, TFormula.Apply<TSimd, TVector>(left1, first, second));
            }

            if (lane < lanes)
            {
                var value = TOperation.Apply<TSimd, TVector>(a + lane, b + lane, c + lane);
                TSimd.Store(target + lane, TFormula.Apply<TSimd, TVector>(value, first, second));
            }

            a += stepA;
            b += stepB;
            c += stepC;
            target += targetStep;
        }
    }
}

/// <summary>Finds the loop for an operation and an activation.</summary>
internal unsafe struct LoopOf<TOperation>(Activation activation) : IVectorJob
    where TOperation : struct, IOperation
{
    /// <summary>What was found.</summary>
    public delegate* managed<Sweep*, void> Loop;

    public static delegate* managed<Sweep*, void> On(InstructionSet set, Activation activation)
    {
        ref var found = ref activation.Formula.Found<TOperation>(set);
        if (found == 0)
        {
            var job = new LoopOf<TOperation>(activation);
            InstructionSets.Dispatch(set, ref job);
            found = (nint)job.Loop;
        }

        return (delegate* managed<Sweep*, void>)found;
    }

    /// <inheritdoc/>
    public void Run<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => Loop = activation.Formula.Loop<TOperation, TSimd, TVector>();
}
