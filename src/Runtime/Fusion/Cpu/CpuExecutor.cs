using System.Collections.Concurrent;
using System.Diagnostics;
using Blockwright.Cpu.Steps;
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
    private static readonly TeamWork OneStep = static (state, _, _, share) => ((Call)state).DoCurrent(share);

    private readonly CpuProgram _program;
    private readonly Team _team;
    private const int MostGiving = 64;

    private readonly int _bandBytes;
    private readonly IdleCalls<Call> _calls;
    private readonly CallGate _gate;
    private readonly IIslands? _islands;
    private readonly ConcurrentDictionary<string, CpuProgram> _giving = new(StringComparer.Ordinal);

    /// <param name="network">The network's name.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="weights">Its folded weights.</param>
    /// <param name="options">How it computes.</param>
    /// <param name="islands">What computes layers without a kernel, which is disposed with this once there is one; null where there are none.</param>
    public CpuExecutor(string network, CpuPlan plan, FoldedWeights weights, FuseOptions options, IIslands? islands)
    {
        _calls = new IdleCalls<Call>(options.KeptBytes);
        _program = new CpuProgram(network, plan, weights, options.InstructionSet, options.Exact, islands);
        _islands = islands;
        _team = new Team(options.Threads);
        _bandBytes = options.BandBytes;
        _gate = new CallGate(network, Free);
        Device = Invariant($"the CPU: {options.InstructionSet}, threads: {options.Threads}");
    }

    public void Save(string path)
    {
        using var inside = _gate.Enter();
        _program.Weights.Save(path, _program.Network, _program.Plan);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width) => Run(_program, input, output, batch, height, width);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width, IReadOnlyList<PlanNamed> values)
    {
        // A program asks for the same few again and again; one that goes through all selections shall not keep them.
        if (_giving.Count >= MostGiving)
            _giving.Clear();
        Run(_giving.GetOrAdd(string.Join(" ", values.Select(static value => PlanWords.NameText(value.Name))), _ => _program.Giving(values)), input, output, batch, height, width);
    }

    private void Run(CpuProgram program, ReadOnlySpan<float> input, Span<float> output, int batch, int height, int width)
    {
        using var inside = _gate.Enter();
        var call = _calls.Take(program, batch, height, width) ?? new Call(program, batch, height, width, _team.Threads, _bandBytes);
        try
        {
            RunLengths.CheckOutput(_program.Network, output.Length, call.OutputLength);
            fixed (float* from = input, to = output)
            {
                call.Place(from, to);
                call.Run(_team);
            }
        }
        finally
        {
            _calls.Return(call);
        }
    }

    public string Device { get; }

    public RunTimes Profile(ReadOnlySpan<float> input, int batch, int height, int width, int runs)
    {
        using var inside = _gate.Enter();
        using var call = new Call(_program, batch, height, width, _team.Threads, _bandBytes);
        var output = new float[call.OutputLength];
        var (stamps, plain) = (new long[runs][], new long[runs]);
        fixed (float* from = input, to = output)
        {
            call.Place(from, to);
            // In turns, so that what disturbs the machine disturbs both.
            var turns = new TimedTurns(runs);
            while (turns.Next())
            {
                var start = Stopwatch.GetTimestamp();
                if (call.IsShared)
                    call.Run(_team);
                else
                    call.Alone(call.Steps);
                var end = Stopwatch.GetTimestamp();
                var times = call.Time(_team);
                if (turns.Run >= 0)
                    (plain[turns.Run], stamps[turns.Run]) = (end - start, times);
            }
        }
        return new StepTimes(call.TimedSteps, stamps, plain, _program.Set, call.IsShared ? _team.Threads : 1);
    }

    public long IdleBytes => _calls.IdleBytes;

    public void Trim()
    {
        using var inside = _gate.Enter();
        _calls.Trim();
    }

    /// <summary>Calls that run come to their end; later ones throw.</summary>
    public void Dispose() => _gate.Close();

    private void Free()
    {
        _calls.Dispose();
        _team.Dispose();
        _program.Dispose();
        _islands?.Dispose();
    }

    /// <summary>
    /// The memory of one call. With fewer images than threads, and where torch computes something for all images at once, all threads share each step's rows; else each part of the images is one thread's, from the first
    /// step to the last.
    /// </summary>
    private sealed class Call : ISizedCall
    {
        private readonly CpuProgram _program;
        private readonly CpuWorkspace[] _workspaces;
        private readonly int[] _firstImages;
        private readonly int _batch;
        private readonly bool _isShared;
        private int _first;

        public Call(CpuProgram program, int batch, int height, int width, int threads, int bandBytes)
        {
            (_program, _batch) = (program, batch);
            _isShared = batch < threads || threads == 1 || program.HasIslands;
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
            foreach (var pitch in _workspaces[0].OutputPitches)
                OutputLength += batch * pitch;
        }

        public int Steps => _isShared ? _workspaces[0].StepCount : 1;

        public int Parts { get; }

        public long OutputLength { get; }

        public long Bytes { get; }

        private int Height { get; }

        private int Width { get; }

        public bool Fits(object program, int batch, int height, int width) => program == _program && (_batch, Height, Width) == (batch, height, width);

        /// <summary>Whether all threads do each step together; else each does images of its own, which a profile takes one after another.</summary>
        public bool IsShared => _isShared;

        /// <summary>The steps in the order in which <see cref="Time"/> takes them.</summary>
        public IReadOnlyList<TimedStep> TimedSteps => [.. _workspaces.SelectMany(static workspace => Enumerable.Range(0, workspace.StepCount).Select(step => (workspace, step))).Select(each =>
        {
            var (first, last) = each.workspace.PlanStepsOf(each.step);
            var ways = Enumerable.Range(first, last + 1 - first).Select(step => _program.Steps[step]).OfType<Steps.WinogradStep>().Select(static step => step.Form.ToString());
            return new TimedStep(first, last, each.workspace.ImagesOf(each.step), string.Join(", ", ways));
        })];

        private int CurrentStep { get; set; }

        /// <summary>Does all steps: with the team, where no other call has it, and by itself what is the caller's alone to do.</summary>
        public void Run(Team team)
        {
            var callers = _isShared ? _workspaces[0].Callers : [];
            _first = 0;
            for (var i = 0; i <= callers.Length; i++)
            {
                var steps = (i < callers.Length ? callers[i] : Steps) - _first;
                if (steps > 0 && !team.TryRun(Work, this, steps, Parts))
                    Alone(steps);
                _first += steps;
                if (i < callers.Length)
                    _workspaces[0].Run(_first++, Share.Whole);
            }
        }

        public void DoCurrent(Share share) => _workspaces[0].Run(CurrentStep, share);

        /// <summary>Does each step by itself, and looks at the clock between them: one moment more than there are steps.</summary>
        public long[] Time(Team team)
        {
            var stamps = new long[_workspaces.Sum(static workspace => workspace.StepCount) + 1];
            var at = 0;
            stamps[0] = Stopwatch.GetTimestamp();
            foreach (var workspace in _workspaces)
            {
                for (var step = 0; step < workspace.StepCount; step++)
                {
                    CurrentStep = step;
                    if (!_isShared || Parts == 1 || workspace.Callers.Contains(step) || !team.TryRun(OneStep, this, 1, Parts))
                        workspace.Run(step, Share.Whole);
                    stamps[++at] = Stopwatch.GetTimestamp();
                }
            }
            return stamps;
        }

        public void Place(float* input, float* output)
        {
            for (var i = 0; i < _workspaces.Length; i++)
            {
                // Inputs and results lie one behind another, each of all images.
                var given = input;
                for (var j = 0; j < _workspaces[i].InputPitches.Length; j++)
                {
                    var pitch = _workspaces[i].InputPitches[j];
                    _workspaces[i].Caller.PlaceInput(j, given + (_firstImages[i] * pitch));
                    given += _batch * pitch;
                }
                var result = output;
                for (var j = 0; j < _workspaces[i].OutputPitches.Length; j++)
                {
                    var pitch = _workspaces[i].OutputPitches[j];
                    _workspaces[i].Caller.Place(j, result + (_firstImages[i] * pitch));
                    result += _batch * pitch;
                }
            }
        }

        public void Do(int step, Share share)
        {
            if (_isShared)
            {
                _workspaces[0].Run(_first + step, share);
                return;
            }
            // A part's memory is its own, whichever thread takes it.
            var workspace = _workspaces[share.Part];
            for (var i = 0; i < workspace.StepCount; i++)
                workspace.Run(i, Share.Whole);
        }

        /// <summary>Another call has the team: this thread does it all.</summary>
        public void Alone(int steps)
        {
            for (var step = 0; step < steps; step++)
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
