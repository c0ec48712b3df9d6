namespace Blockwright.Graph;

/// <summary>What is wrong with a step whatever comes in: said behind a mistake too, where what comes in is not known, so that all of a declaration's mistakes are seen at once.</summary>
internal static class BehindMistakes
{
    private static readonly Amount Channels = Amount.Of(new Atom("?", "0"));
    private static readonly Extent Size = Extent.Unknown("?");

    /// <summary>Reports what is wrong with a layer both over a map and over features, or over the one that it takes.</summary>
    public static void Report(Step step, LayerDefinition definition, bool? isBeforeBatchNorm, BlockNames names, Reporter reporter)
    {
        var overMap = Problems(Shape.Map(Channels, Size, Size));
        var overFeatures = Problems(Shape.Flat(Channels));
        foreach (var problem in overMap.Where(each => overFeatures.Contains(each) || IsRefused(overFeatures)).Concat(overFeatures.Where(_ => IsRefused(overMap))))
        {
            if (Reporter.IsOfTheDeclarationItself(problem.Id))
                reporter.Report(problem.Id, problem.Place, problem.Arguments.ToArray());
        }

        List<Problem> Problems(Shape input)
        {
            var problems = new ProblemList();
            var apart = new Reporter(reporter.Owner, null, problems, new RequirementList());
            try
            {
                _ = definition.Resolve(new LayerContext(step, input, definition.SizeOf is { } argument && step[argument] is not null ? input : null, isBeforeBatchNorm, new Evaluator(names, apart), apart));
            }
            catch (Exception e) when (e is OverflowException or AmountLengthException)
            {
                // Too large for whatever comes in, or for this alone: nobody knows.
            }
            return problems;
        }

        static bool IsRefused(List<Problem> problems) => problems.Any(static each => each.Id == ProblemIds.WrongRank);
    }
}
