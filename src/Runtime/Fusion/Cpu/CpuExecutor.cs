using Blockwright.Kernels;
using Blockwright.Plans;
using static System.FormattableString;

namespace Blockwright.Cpu;

/// <summary>
/// Runs a program: alone or with a team, each call with memory of its own. Memory is kept for the next call of the same size, so that a run allocates nothing
/// once it has been run.
/// </summary>
internal sealed unsafe class CpuExecutor : IKernelExecutor
{
    private static readonly TeamWork Work = static (state, step, _, share) => ((Call)state).Do(step, share);

    private readonly CpuProgram _program;
    private readonly Team _team;
    private readonly int _bandBytes;
    private readonly IdleCalls<Call> _calls;
    private readonly CallGate _gate;

    public CpuExecutor(string network, CpuPlan plan, FoldedWeights weights, FuseOptions options)
    {
        _calls = new IdleCalls<Call>(options.KeptBytes);
        _program = new CpuProgram(network, plan, weights, options.InstructionSet, options.Exact);
        _team = new Team(options.Threads);
        _bandBytes = options.BandBytes;
        _gate = new CallGate(Free);
        Device = Invariant($"the CPU: {options.InstructionSet}, threads: {options.Threads}");
    }

    public void Save(string path)
    {
        using var inside = _gate.Enter(this);
        _program.Weights.Save(path, _program.Network, _program.Plan);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        using var inside = _gate.Enter(this);
        var call = _calls.Take(batch, height, width) ?? new Call(_program, batch, height, width, _team.Threads, _bandBytes);
        try
        {
            RunLengths.CheckOutput(_program.Network, output.Length, call.OutputLength);
            fixed (float* from = input, to = output)
            {
                call.Place(from, to);
                if (!_team.TryRun(Work, call, call.Steps, call.Parts))
                    call.Alone();
            }
        }
        finally
        {
            _calls.Return(call);
        }
    }

    public string Device { get; }

    public long IdleBytes => _calls.IdleBytes;

    public void Trim()
    {
        using var inside = _gate.Enter(this);
        _calls.Trim();
    }

    /// <summary>Calls that run come to their end; later ones throw.</summary>
    public void Dispose() => _gate.Close();

    private void Free()
    {
        _calls.Dispose();
        _team.Dispose();
        _program.Dispose();
    }

    /// <summary>
    /// The memory of one call. With fewer images than threads, all threads share each step's rows; else each part of the images is one thread's, from the first
    /// step to the last.
    /// </summary>
    private sealed class Call : ISizedCall
    {
        private readonly CpuWorkspace[] _workspaces;
        private readonly int[] _firstImages;
        private readonly int _batch;
        private readonly bool _isShared;
        private readonly long _inputPitch;
        private readonly long _outputPitch;

        public Call(CpuProgram program, int batch, int height, int width, int threads, int bandBytes)
        {
            _batch = batch;
            _isShared = batch < threads || threads == 1;
            Parts = threads;
            _workspaces = new CpuWorkspace[_isShared ? 1 : threads];
            _firstImages = new int[_workspaces.Length];
            for (var i = 0; i < _workspaces.Length; i++)
            {
                var (first, end) = new Share(i, _workspaces.Length).Of(batch);
                _firstImages[i] = first;
                _workspaces[i] = new CpuWorkspace(program, end - first, height, width, _isShared ? threads : 1, bandBytes);
            }
            (Height, Width, Bytes) = (height, width, _workspaces.Sum(static workspace => workspace.Bytes));
            _inputPitch = (long)program.Plan.InChannels * height * width;
            _outputPitch = (long)program.Plan.OutChannels * _workspaces[0].OutHeight * _workspaces[0].OutWidth;
        }

        public int Steps => _isShared ? _workspaces[0].StepCount : 1;

        public int Parts { get; }

        public long OutputLength => _batch * _outputPitch;

        public long Bytes { get; }

        private int Height { get; }

        private int Width { get; }

        public bool Fits(int batch, int height, int width) => (_batch, Height, Width) == (batch, height, width);

        public void Place(float* input, float* output)
        {
            for (var i = 0; i < _workspaces.Length; i++)
            {
                _workspaces[i].Input = input + (_firstImages[i] * _inputPitch);
                _workspaces[i].Output = output + (_firstImages[i] * _outputPitch);
            }
        }

        public void Do(int step, Share share)
        {
            if (_isShared)
            {
                _workspaces[0].Run(step, share);
                return;
            }
            // A part's memory is its own, whichever thread takes it.
            var workspace = _workspaces[share.Part];
            for (var i = 0; i < workspace.StepCount; i++)
                workspace.Run(i, Share.Whole);
        }

        /// <summary>Another call has the team: this thread does it all.</summary>
        public void Alone()
        {
            for (var step = 0; step < Steps; step++)
            {
                for (var part = 0; part < (_isShared ? 1 : Parts); part++)
                    Do(step, _isShared ? Share.Whole : new Share(part, Parts));
            }
        }

        public void Dispose()
        {
            foreach (var workspace in _workspaces)
                workspace.Dispose();
        }
    }
}
