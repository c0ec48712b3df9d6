using System.Runtime.CompilerServices;

namespace Blockwright.Kernels.Simd;

/// <summary>How a stencil takes one tap into its sum.</summary>
internal unsafe interface ITap
{
    /// <summary>What a pixel starts from.</summary>
    static abstract TVector Start<TSimd, TVector>(float* start)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>The sum with one more tap.</summary>
    static abstract TVector Take<TSimd, TVector>(TVector sum, TVector input, float* weight)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;

    /// <summary>What a pixel comes to.</summary>
    static abstract TVector End<TSimd, TVector>(TVector sum, float scale)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged;
}

/// <summary>A product with the tap's weights, from the bias on: depthwise convolution.</summary>
internal readonly unsafe struct WeightedTap : ITap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Start<TSimd, TVector>(float* start)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Load(start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Take<TSimd, TVector>(TVector sum, TVector input, float* weight)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.MultiplyAdd(input, TSimd.Load(weight), sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End<TSimd, TVector>(TVector sum, float scale)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => sum;
}

/// <summary>The greatest: max pooling.</summary>
internal readonly unsafe struct GreatestTap : ITap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Start<TSimd, TVector>(float* start)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Broadcast(float.NegativeInfinity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Take<TSimd, TVector>(TVector sum, TVector input, float* weight)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Maximum(sum, input);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End<TSimd, TVector>(TVector sum, float scale)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => sum;
}

/// <summary>The sum: average pooling.</summary>
internal readonly unsafe struct PlainTap : ITap
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Start<TSimd, TVector>(float* start)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Take<TSimd, TVector>(TVector sum, TVector input, float* weight)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Add(sum, input);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End<TSimd, TVector>(TVector sum, float scale)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Multiply(sum, TSimd.Broadcast(scale));
}

/// <summary>One register of channels of some rows of the output.</summary>
internal unsafe struct Stencil
{
    // Pixels from the one that is written to the one whose line is asked for.
    private const int Ahead = 12;

    /// <summary>The first pixel's first tap.</summary>
    public float* Source;

    /// <summary>Floats in the input from one output pixel to the next.</summary>
    public nint SourceStep;

    /// <summary>Where each tap lies from the first.</summary>
    public nint* Offsets;

    /// <summary>Taps.</summary>
    public int Taps;

    /// <summary>Taps of a row. Only <see cref="RowPairs"/> reads it.</summary>
    public int Columns;

    /// <summary>Input rows from one output row to the next. Only <see cref="RowPairs"/> reads it.</summary>
    public int RowsApart;

    /// <summary>A register for each tap, then the bias. Only <see cref="WeightedTap"/> reads it.</summary>
    public float* Weights;

    /// <summary>Channels of a group. Only <see cref="Groups"/> reads it.</summary>
    public int Group;

    /// <summary>For each channel of a group a register of places, where the lanes find it. Only <see cref="Groups"/> reads it.</summary>
    public float* Places;

    /// <summary>The first output pixel.</summary>
    public float* Target;

    /// <summary>Floats from one output pixel to the next.</summary>
    public nint TargetStep;

    /// <summary>Output pixels of a row, at least one.</summary>
    public int Width;

    /// <summary>Output rows, at least one.</summary>
    public int Height;

    /// <summary>Floats in the input from one output row to the next.</summary>
    public nint SourceRow;

    /// <summary>Floats from one output row to the next.</summary>
    public nint TargetRow;

    /// <summary>A factor at the end. Only <see cref="PlainTap"/> reads it.</summary>
    public float Scale;

    /// <summary>The clamp at the end. Only an <see cref="IEnd"/> reads it.</summary>
    public Bounds* Bounds;

    /// <summary>Set by <see cref="GreatestOfNumbers"/>: there may be a NaN, and the result is not to be trusted.</summary>
    public bool IsDoubtful;

    /// <summary>Any window: seven pixels beside each other, tap by tap. Pixels that are not there repeat the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TTap, TEnd, TSimd, TVector>(Stencil* job)
        where TTap : struct, ITap
        where TEnd : struct, IEnd
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var offsets = job->Offsets;
        var weights = job->Weights;
        nint taps = job->Taps, step = job->SourceStep, targetStep = job->TargetStep;
        for (nint y = 0; y < job->Height; y++)
        {
            for (nint x = 0; x < job->Width; x += 7)
            {
                var last = Math.Min(job->Width - 1 - x, 6);
                nint i1 = Math.Min(1, last), i2 = Math.Min(2, last), i3 = Math.Min(3, last), i4 = Math.Min(4, last), i5 = Math.Min(5, last), i6 = last;
                var a0 = job->Source + y * job->SourceRow + x * step;
                float* a1 = a0 + i1 * step, a2 = a0 + i2 * step, a3 = a0 + i3 * step, a4 = a0 + i4 * step, a5 = a0 + i5 * step, a6 = a0 + i6 * step;
                var c0 = TTap.Start<TSimd, TVector>(weights + taps * TSimd.Lanes);
                TVector c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
                for (nint tap = 0; tap < taps; tap++)
                {
                    var at = offsets[tap];
                    var w = weights + tap * TSimd.Lanes;
                    c0 = TTap.Take<TSimd, TVector>(c0, TSimd.Load(a0 + at), w);
                    c1 = TTap.Take<TSimd, TVector>(c1, TSimd.Load(a1 + at), w);
                    c2 = TTap.Take<TSimd, TVector>(c2, TSimd.Load(a2 + at), w);
                    c3 = TTap.Take<TSimd, TVector>(c3, TSimd.Load(a3 + at), w);
                    c4 = TTap.Take<TSimd, TVector>(c4, TSimd.Load(a4 + at), w);
                    c5 = TTap.Take<TSimd, TVector>(c5, TSimd.Load(a5 + at), w);
                    c6 = TTap.Take<TSimd, TVector>(c6, TSimd.Load(a6 + at), w);
                }

                var bounds = job->Bounds;
                var scale = job->Scale;
                var target = job->Target + y * job->TargetRow + x * targetStep;
                TSimd.Store(target, TEnd.End<TSimd, TVector>(TTap.End<TSimd, TVector>(c0, scale), bounds));
                TSimd.Store(target + i1 * targetStep, TEnd.End<TSimd, TVector>(TTap.End<TSimd, TVector>(c1, scale), bounds));
                TSimd.Store(target + i2 * targetStep, TEnd.End<TSimd, TVector>(TTap.End<TSimd, TVector>(c2, scale), bounds));
                TSimd.Store(target + i3 * targetStep, TEnd.End<TSimd, TVector>(TTap.End<TSimd, TVector>(c3, scale), bounds));
                TSimd.Store(target + i4 * targetStep, TEnd.End<TSimd, TVector>(TTap.End<TSimd, TVector>(c4, scale), bounds));
                TSimd.Store(target + i5 * targetStep, TEnd.End<TSimd, TVector>(TTap.End<TSimd, TVector>(c5, scale), bounds));
                TSimd.Store(target + i6 * targetStep, TEnd.End<TSimd, TVector>(TTap.End<TSimd, TVector>(c6, scale), bounds));
            }
        }
    }

    /// <summary>
    /// As <see cref="Run"/> for a depthwise convolution, two rows of seven pixels at a time: an input that windows of both rows see is loaded once. What is left of rows and columns goes as any window does.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RowPairs<TEnd, TSimd, TVector>(Stencil* job)
        where TEnd : struct, IEnd
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        const int Pixels = 7;
        int whole = job->Width / Pixels * Pixels, paired = job->Height / 2 * 2;
        for (nint y = 0; y < paired; y += 2)
        {
            for (nint x = 0; x < whole; x += Pixels)
                Pair<TEnd, TSimd, TVector>(job, job->Source + y * job->SourceRow + x * job->SourceStep, job->Target + y * job->TargetRow + x * job->TargetStep);
        }
        var rest = *job;
        (rest.Height, rest.Width) = (paired, job->Width - whole);
        rest.Source += whole * job->SourceStep;
        rest.Target += whole * job->TargetStep;
        if (rest.Width > 0)
            Run<WeightedTap, TEnd, TSimd, TVector>(&rest);
        rest = *job;
        rest.Height -= paired;
        rest.Source += paired * job->SourceRow;
        rest.Target += paired * job->TargetRow;
        if (rest.Height > 0)
            Run<WeightedTap, TEnd, TSimd, TVector>(&rest);
    }

    // Each sum is written out: a loop over them, or a call, would make them stack slots.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pair<TEnd, TSimd, TVector>(Stencil* job, float* source, float* target)
        where TEnd : struct, IEnd
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        nint columns = job->Columns, rows = job->Taps / columns, apart = job->RowsApart;
        nint column = job->Offsets[1] * sizeof(float), row = job->Offsets[columns] * sizeof(float) - columns * column, line = TSimd.Lanes;
        nint s1 = job->SourceStep * sizeof(float), s2 = 2 * s1, s3 = 3 * s1, s4 = 4 * s1, s5 = 5 * s1, s6 = 6 * s1;
        float* upper = job->Weights, lower = upper;
        var c0 = TSimd.Load(upper + job->Taps * line);
        TVector c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
        TVector d0 = c0, d1 = c0, d2 = c0, d3 = c0, d4 = c0, d5 = c0, d6 = c0;
        var at = (byte*)source;
        for (nint y = 0; y < apart; y++, at += row)
        {
            for (nint x = 0; x < columns; x++, at += column, upper += line)
            {
                var w = TSimd.Load(upper);
                c0 = TSimd.MultiplyAdd(TSimd.Load((float*)(at)), w, c0);
                c1 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s1)), w, c1);
                c2 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s2)), w, c2);
                c3 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s3)), w, c3);
                c4 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s4)), w, c4);
                c5 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s5)), w, c5);
                c6 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s6)), w, c6);
            }
        }
        for (var y = apart; y < rows; y++, at += row)
        {
            for (nint x = 0; x < columns; x++, at += column, upper += line, lower += line)
            {
                TVector w = TSimd.Load(upper), v = TSimd.Load(lower), input = TSimd.Load((float*)at);
                c0 = TSimd.MultiplyAdd(input, w, c0);
                d0 = TSimd.MultiplyAdd(input, v, d0);
                input = TSimd.Load((float*)(at + s1));
                c1 = TSimd.MultiplyAdd(input, w, c1);
                d1 = TSimd.MultiplyAdd(input, v, d1);
                input = TSimd.Load((float*)(at + s2));
                c2 = TSimd.MultiplyAdd(input, w, c2);
                d2 = TSimd.MultiplyAdd(input, v, d2);
                input = TSimd.Load((float*)(at + s3));
                c3 = TSimd.MultiplyAdd(input, w, c3);
                d3 = TSimd.MultiplyAdd(input, v, d3);
                input = TSimd.Load((float*)(at + s4));
                c4 = TSimd.MultiplyAdd(input, w, c4);
                d4 = TSimd.MultiplyAdd(input, v, d4);
                input = TSimd.Load((float*)(at + s5));
                c5 = TSimd.MultiplyAdd(input, w, c5);
                d5 = TSimd.MultiplyAdd(input, v, d5);
                input = TSimd.Load((float*)(at + s6));
                c6 = TSimd.MultiplyAdd(input, w, c6);
                d6 = TSimd.MultiplyAdd(input, v, d6);
            }
        }
        for (nint y = 0; y < apart; y++, at += row)
        {
            for (nint x = 0; x < columns; x++, at += column, lower += line)
            {
                var w = TSimd.Load(lower);
                d0 = TSimd.MultiplyAdd(TSimd.Load((float*)(at)), w, d0);
                d1 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s1)), w, d1);
                d2 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s2)), w, d2);
                d3 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s3)), w, d3);
                d4 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s4)), w, d4);
                d5 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s5)), w, d5);
                d6 = TSimd.MultiplyAdd(TSimd.Load((float*)(at + s6)), w, d6);
            }
        }

        var bounds = job->Bounds;
        var step = job->TargetStep;
        TSimd.Store(target, TEnd.End<TSimd, TVector>(c0, bounds));
        TSimd.Store(target + step, TEnd.End<TSimd, TVector>(c1, bounds));
        TSimd.Store(target + 2 * step, TEnd.End<TSimd, TVector>(c2, bounds));
        TSimd.Store(target + 3 * step, TEnd.End<TSimd, TVector>(c3, bounds));
        TSimd.Store(target + 4 * step, TEnd.End<TSimd, TVector>(c4, bounds));
        TSimd.Store(target + 5 * step, TEnd.End<TSimd, TVector>(c5, bounds));
        TSimd.Store(target + 6 * step, TEnd.End<TSimd, TVector>(c6, bounds));
        target += job->TargetRow;
        TSimd.Store(target, TEnd.End<TSimd, TVector>(d0, bounds));
        TSimd.Store(target + step, TEnd.End<TSimd, TVector>(d1, bounds));
        TSimd.Store(target + 2 * step, TEnd.End<TSimd, TVector>(d2, bounds));
        TSimd.Store(target + 3 * step, TEnd.End<TSimd, TVector>(d3, bounds));
        TSimd.Store(target + 4 * step, TEnd.End<TSimd, TVector>(d4, bounds));
        TSimd.Store(target + 5 * step, TEnd.End<TSimd, TVector>(d5, bounds));
        TSimd.Store(target + 6 * step, TEnd.End<TSimd, TVector>(d6, bounds));
    }

    /// <summary>
    /// A convolution whose groups are smaller than a register, several of them side by side: at each tap every lane needs all channels of its group, which are picked out of the one register that is loaded.
    /// Six pixels beside each other; those that are not there repeat the last one. Weights: for each tap a register for each channel of a group, then the bias.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Groups<TEnd, TSimd, TVector>(Stencil* job)
        where TEnd : struct, IEnd
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var offsets = job->Offsets;
        nint taps = job->Taps, group = job->Group, step = job->SourceStep, targetStep = job->TargetStep;
        var bias = job->Weights + taps * group * TSimd.Lanes;
        for (nint y = 0; y < job->Height; y++)
        {
            for (nint x = 0; x < job->Width; x += 6)
            {
                var last = Math.Min(job->Width - 1 - x, 5);
                nint i1 = Math.Min(1, last), i2 = Math.Min(2, last), i3 = Math.Min(3, last), i4 = Math.Min(4, last), i5 = last;
                var a = job->Source + y * job->SourceRow + x * step;
                nint s1 = i1 * step, s2 = i2 * step, s3 = i3 * step, s4 = i4 * step, s5 = i5 * step;
                var weights = job->Weights;
                var c0 = TSimd.Load(bias);
                TVector c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
                for (nint tap = 0; tap < taps; tap++)
                {
                    var at = a + offsets[tap];
                    TVector v0 = TSimd.Load(at), v1 = TSimd.Load(at + s1), v2 = TSimd.Load(at + s2), v3 = TSimd.Load(at + s3), v4 = TSimd.Load(at + s4), v5 = TSimd.Load(at + s5);
                    var places = job->Places;
                    for (nint channel = 0; channel < group; channel++)
                    {
                        var pick = TSimd.Load(places);
                        var w = TSimd.Load(weights);
                        c0 = TSimd.MultiplyAdd(TSimd.Pick(v0, pick), w, c0);
                        c1 = TSimd.MultiplyAdd(TSimd.Pick(v1, pick), w, c1);
                        c2 = TSimd.MultiplyAdd(TSimd.Pick(v2, pick), w, c2);
                        c3 = TSimd.MultiplyAdd(TSimd.Pick(v3, pick), w, c3);
                        c4 = TSimd.MultiplyAdd(TSimd.Pick(v4, pick), w, c4);
                        c5 = TSimd.MultiplyAdd(TSimd.Pick(v5, pick), w, c5);
                        places += TSimd.Lanes;
                        weights += TSimd.Lanes;
                    }
                }

                var bounds = job->Bounds;
                var target = job->Target + y * job->TargetRow + x * targetStep;
                TSimd.Store(target, TEnd.End<TSimd, TVector>(c0, bounds));
                TSimd.Store(target + i1 * targetStep, TEnd.End<TSimd, TVector>(c1, bounds));
                TSimd.Store(target + i2 * targetStep, TEnd.End<TSimd, TVector>(c2, bounds));
                TSimd.Store(target + i3 * targetStep, TEnd.End<TSimd, TVector>(c3, bounds));
                TSimd.Store(target + i4 * targetStep, TEnd.End<TSimd, TVector>(c4, bounds));
                TSimd.Store(target + i5 * targetStep, TEnd.End<TSimd, TVector>(c5, bounds));
            }
        }
    }

    /// <summary>
    /// The greatest of each window if no input is NaN. That costs one instruction a tap, and one for a sum that shows whether there was one; keeping NaN in the
    /// maximum itself costs three. A sum may also be NaN for infinities of both signs.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void GreatestOfNumbers<TSimd, TVector>(Stencil* job)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var offsets = job->Offsets;
        nint taps = job->Taps, step = job->SourceStep, targetStep = job->TargetStep;
        var check = TSimd.Zero;
        for (nint y = 0; y < job->Height; y++)
        {
            for (nint x = 0; x < job->Width; x += 4)
            {
                var last = Math.Min(job->Width - 1 - x, 3);
                nint i1 = Math.Min(1, last), i2 = Math.Min(2, last), i3 = last;
                var a0 = job->Source + y * job->SourceRow + x * step;
                float* a1 = a0 + i1 * step, a2 = a0 + i2 * step, a3 = a0 + i3 * step;
                TVector c0 = TSimd.Load(a0), c1 = TSimd.Load(a1), c2 = TSimd.Load(a2), c3 = TSimd.Load(a3);
                TVector s0 = c0, s1 = c1, s2 = c2, s3 = c3;
                for (nint tap = 1; tap < taps; tap++)
                {
                    var at = offsets[tap];
                    TVector v0 = TSimd.Load(a0 + at), v1 = TSimd.Load(a1 + at), v2 = TSimd.Load(a2 + at), v3 = TSimd.Load(a3 + at);
                    c0 = TSimd.MaximumOfNumbers(c0, v0);
                    c1 = TSimd.MaximumOfNumbers(c1, v1);
                    c2 = TSimd.MaximumOfNumbers(c2, v2);
                    c3 = TSimd.MaximumOfNumbers(c3, v3);
                    s0 = TSimd.Add(s0, v0);
                    s1 = TSimd.Add(s1, v1);
                    s2 = TSimd.Add(s2, v2);
                    s3 = TSimd.Add(s3, v3);
                }

                check = TSimd.Add(check, TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)));
                var target = job->Target + y * job->TargetRow + x * targetStep;
                TSimd.Store(target, c0);
                TSimd.Store(target + i1 * targetStep, c1);
                TSimd.Store(target + i2 * targetStep, c2);
                TSimd.Store(target + i3 * targetStep, c3);
            }
        }

        job->IsDoubtful |= TSimd.IsAnyNaN(check);
    }

    /// <summary>
    /// A depthwise 3 x 3 whose columns are one pixel apart: the nine weights stay in registers, and each column of the input is loaded once and
    /// counts for the three outputs that it touches.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Slide3<TEnd, TSimd, TVector>(Stencil* job)
        where TEnd : struct, IEnd
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var weights = job->Weights;
        TVector w0 = TSimd.Load(weights), w1 = TSimd.Load(weights + TSimd.Lanes), w2 = TSimd.Load(weights + 2 * TSimd.Lanes);
        TVector w3 = TSimd.Load(weights + 3 * TSimd.Lanes), w4 = TSimd.Load(weights + 4 * TSimd.Lanes), w5 = TSimd.Load(weights + 5 * TSimd.Lanes);
        TVector w6 = TSimd.Load(weights + 6 * TSimd.Lanes), w7 = TSimd.Load(weights + 7 * TSimd.Lanes), w8 = TSimd.Load(weights + 8 * TSimd.Lanes);
        var bias = weights + 9 * TSimd.Lanes;
        nint step = job->Offsets[1], targetStep = job->TargetStep;
        var bounds = job->Bounds;
        for (nint y = 0; y < job->Height; y++)
        {
            float* top = job->Source + y * job->SourceRow, middle = top + job->Offsets[3], bottom = top + job->Offsets[6], target = job->Target + y * job->TargetRow;
            TVector a = TSimd.Load(top), b = TSimd.Load(middle), c = TSimd.Load(bottom);
            // The output that the column before continued, and the one that it began.
            var begun = TSimd.MultiplyAdd(c, w6, TSimd.MultiplyAdd(b, w3, TSimd.MultiplyAdd(a, w0, TSimd.Load(bias))));
            a = TSimd.Load(top + step);
            b = TSimd.Load(middle + step);
            c = TSimd.Load(bottom + step);
            var continued = TSimd.MultiplyAdd(c, w7, TSimd.MultiplyAdd(b, w4, TSimd.MultiplyAdd(a, w1, begun)));
            begun = TSimd.MultiplyAdd(c, w6, TSimd.MultiplyAdd(b, w3, TSimd.MultiplyAdd(a, w0, TSimd.Load(bias))));
            var end = target + job->Width * targetStep;
            nint at = 2 * step;
            for (; target < end; target += targetStep)
            {
                a = TSimd.Load(top + at);
                b = TSimd.Load(middle + at);
                c = TSimd.Load(bottom + at);
                at += step;
                var ended = TSimd.MultiplyAdd(c, w8, TSimd.MultiplyAdd(b, w5, TSimd.MultiplyAdd(a, w2, continued)));
                continued = TSimd.MultiplyAdd(c, w7, TSimd.MultiplyAdd(b, w4, TSimd.MultiplyAdd(a, w1, begun)));
                begun = TSimd.MultiplyAdd(c, w6, TSimd.MultiplyAdd(b, w3, TSimd.MultiplyAdd(a, w0, TSimd.Load(bias))));
                TSimd.Store(target, TEnd.End<TSimd, TVector>(ended, bounds));
                Prefetch.Written(target + Ahead * targetStep);
            }
        }
    }

    /// <summary>As <see cref="Slide3"/>, for outputs that are two columns apart: the column that two of them share is loaded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Slide3By2<TEnd, TSimd, TVector>(Stencil* job)
        where TEnd : struct, IEnd
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        var weights = job->Weights;
        TVector w0 = TSimd.Load(weights), w1 = TSimd.Load(weights + TSimd.Lanes), w2 = TSimd.Load(weights + 2 * TSimd.Lanes);
        TVector w3 = TSimd.Load(weights + 3 * TSimd.Lanes), w4 = TSimd.Load(weights + 4 * TSimd.Lanes), w5 = TSimd.Load(weights + 5 * TSimd.Lanes);
        TVector w6 = TSimd.Load(weights + 6 * TSimd.Lanes), w7 = TSimd.Load(weights + 7 * TSimd.Lanes), w8 = TSimd.Load(weights + 8 * TSimd.Lanes);
        var bias = weights + 9 * TSimd.Lanes;
        nint step = job->Offsets[1], targetStep = job->TargetStep;
        var bounds = job->Bounds;
        for (nint y = 0; y < job->Height; y++)
        {
            float* top = job->Source + y * job->SourceRow, middle = top + job->Offsets[3], bottom = top + job->Offsets[6], target = job->Target + y * job->TargetRow;
            TVector a = TSimd.Load(top), b = TSimd.Load(middle), c = TSimd.Load(bottom);
            var end = target + job->Width * targetStep;
            nint at = step;
            for (; target < end; target += targetStep)
            {
                // The sum in two parts, which do not wait for each other.
                var sum = TSimd.MultiplyAdd(c, w6, TSimd.MultiplyAdd(b, w3, TSimd.MultiplyAdd(a, w0, TSimd.Load(bias))));
                var inner = TSimd.MultiplyAdd(TSimd.Load(bottom + at), w7, TSimd.MultiplyAdd(TSimd.Load(middle + at), w4, TSimd.Multiply(TSimd.Load(top + at), w1)));
                at += step;
                a = TSimd.Load(top + at);
                b = TSimd.Load(middle + at);
                c = TSimd.Load(bottom + at);
                at += step;
                sum = TSimd.Add(sum, TSimd.MultiplyAdd(c, w8, TSimd.MultiplyAdd(b, w5, TSimd.MultiplyAdd(a, w2, inner))));
                TSimd.Store(target, TEnd.End<TSimd, TVector>(sum, bounds));
                Prefetch.Written(target + Ahead * targetStep);
            }
        }
    }
}
