using System.Text.Json.Nodes;
using Cellpose3D.Viewer.Scene;
using Cellpose3D.Viewer.Tests.Server;

namespace Cellpose3D.Viewer.Tests.Browser;

/// <summary>Two pages that change the same things in the same moment end with what the server has.</summary>
public sealed class TwoPagesTests(BrowserFixture browser)
{
    private const string Settled = "cellpose3d.store.isConfirmed && cellpose3d.editing.isAnswered";

    // what arrives is held back until released, so that each page acts before it hears of the other
    private const string HoldBack = """
        (() => { const listener = cellpose3d.link.listener, hear = listener.onMessage, held = []; listener.onMessage = m => held.push(m);
          window.release = () => { listener.onMessage = hear; held.forEach(hear); }; })()
        """;

    [Fact]
    public async Task Commands_ThatContradict_EndInTheServersOrder()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage first = await OpenedPage.OpenAsync(browser, served), second = await OpenedPage.OpenAsync(browser, served);

        foreach (OpenedPage page in (OpenedPage[])[first, second])
            await page.Get<object>(HoldBack);
        await first.Get<object>("cellpose3d.store.run({ do: 'select', ids: [1], change: 'Replace' })");
        await second.Get<object>("cellpose3d.store.run({ do: 'select', ids: [3], change: 'Replace' })");
        await first.Get<object>("cellpose3d.store.run({ do: 'select', ids: [70000], change: 'Add' })");
        await second.Get<object>("cellpose3d.store.moveCursor({ z: 1, y: 2, x: 3 })");
        await first.Get<object>("cellpose3d.store.moveCursor({ z: 9, y: 8, x: 7 })");
        await second.Get<object>("cellpose3d.store.run({ do: 'hide', ids: [1], change: 'Add' })");
        await first.Get<object>("cellpose3d.store.run({ do: 'hide', ids: [], change: 'Replace' })");
        await SameScene(served, first, second, "release()");

        // the two drew alternately, each awaited: this is the order in which the server had them
        Assert.Equal([3, 70_000], served.Session.Scene.Labels!.Selected.Select(id => (int)id));
        Assert.Equal((9, 8, 7), (served.Session.Scene.Cursor.Z, served.Session.Scene.Cursor.Y, served.Session.Scene.Cursor.X));
        Assert.Empty(served.Session.Scene.Labels.Hidden);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Commands_InBursts_EndInTheSameScene(int seed)
    {
        await using ServedScene served = await ServedScene.StartAsync(frames: 3);
        await using OpenedPage first = await OpenedPage.OpenAsync(browser, served), second = await OpenedPage.OpenAsync(browser, served);

        string Burst(int page) => $$"""
            (() => { let s = {{seed * 10 + page}}; const next = n => (s = (s * 1103515245 + 12345) % 2147483648) % n, store = cellpose3d.store, change = () => ['Replace', 'Add', 'Remove'][next(3)];
              for (let n = 0; n < 80; n++) setTimeout(() => { switch (next(9)) {
                case 0: return store.select([1 + next(4)], change());
                case 1: return store.run({ do: 'hide', ids: [1 + next(4)], change: change() });
                case 2: return store.run({ do: 'isolate', ids: [1 + next(4)], change: change(), ...next(2) ? { ghost: next(10) / 10 } : {} });
                case 3: return store.moveCursor({ z: next(20), y: next(70), x: next(70) });
                case 4: return store.run({ do: 'time', time: next(3) });
                case 5: return cellpose3d.layers.setLabels({ slice_opacity: next(10) / 10 });
                case 6: return cellpose3d.layers.setImage(0, { gamma: 0.5 + next(10) / 10 });
                case 7: return cellpose3d.layers.setLabels({ slice_opacity: 7 });  // does not fit: the server says what is
                default: return cellpose3d.volume.rotate(next(20) - 10, next(20) - 10);
              } }, next(250)); })()
            """;
        await Task.WhenAll(first.Get<object>(Burst(1)), second.Get<object>(Burst(2)));
        await Task.Delay(500, TestContext.Current.CancellationToken);
        await SameScene(served, first, second);
    }

    [Fact]
    public async Task Edits_ThatContradict_EndInTheSameLabels()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage first = await OpenedPage.OpenAsync(browser, served), second = await OpenedPage.OpenAsync(browser, served);
        foreach (OpenedPage page in (OpenedPage[])[first, second])
        {
            await page.Get<object>("cellpose3d.store.moveCursor({ z: 6, y: 30, x: 30 })");
            await page.Until("cellpose3d.slices.every(s => s.isComplete && s.index === cellpose3d.store.scene.cursor[s.axes.through]) && cellpose3d.tiles.isQuiet");
        }

        // both begin on cell 3 with a ball that stays on what is under its first point; the second deletes the cell before the first one's edit arrives
        await first.Get<object>(HoldBack);
        await second.Press("p");
        await second.Drag((46, 26), (46, 34), (40, 34));
        await second.Get<object>("cellpose3d.editing.remove([3])");
        await second.Until(Settled);
        await first.Press("p");
        await first.Press("b");
        await first.Drag((46, 26), (46, 34));
        Assert.NotEqual(0, await first.IdAt(46, 30));                       // as it believes
        await first.Get<object>("release()");

        await SameLabels(served, first, second);
    }

    [Fact]
    public async Task Edits_InBursts_EndInTheSameLabels()
    {
        await using ServedScene served = await ServedScene.StartAsync();
        await using OpenedPage first = await OpenedPage.OpenAsync(browser, served), second = await OpenedPage.OpenAsync(browser, served);

        async Task Burst(OpenedPage page, int seed)
        {
            var random = new Random(seed);
            await page.Press("p");
            for (int n = 0; n < 12; n++)
            {
                await page.Press(random.Next(6) switch { 0 => "e", 1 => "b", 2 => "Control+z", 3 => "Control+y", 4 => "n", _ => "p" });
                await page.Drag((10 + random.Next(40), 10 + random.Next(40)), (10 + random.Next(40), 10 + random.Next(40)));
            }
        }
        await Task.WhenAll(Burst(first, 1), Burst(second, 2));

        await SameLabels(served, first, second);
    }

    private static async Task SameScene(ServedScene served, OpenedPage first, OpenedPage second, string? before = null)
    {
        foreach (OpenedPage page in (OpenedPage[])[first, second])
        {
            if (before is not null)
                await page.Get<object>(before);
            await page.Until(Settled);
        }
        // what the other page sent last may still be on its way here
        JsonNode truth = Sorted(JsonNode.Parse(SceneJson.Write(served.Session.Scene))!);
        JsonNode[] believed = [];
        for (int n = 0; n < 100 && !(believed.Length == 2 && believed.All(b => JsonNode.DeepEquals(truth, b))); n++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            believed = [Sorted(JsonNode.Parse(await first.Get<string>("JSON.stringify(cellpose3d.store.scene)"))!), Sorted(JsonNode.Parse(await second.Get<string>("JSON.stringify(cellpose3d.store.scene)"))!)];
        }
        Assert.Equal(truth.ToJsonString(), believed[0].ToJsonString());
        Assert.Equal(truth.ToJsonString(), believed[1].ToJsonString());
    }

    private static async Task SameLabels(ServedScene served, OpenedPage first, OpenedPage second)
    {
        foreach (OpenedPage page in (OpenedPage[])[first, second])
        {
            await page.Until($"{Settled} && cellpose3d.store.labelVersion === {served.Session.LabelVersion}");
            await page.Until("cellpose3d.slices.every(s => s.isComplete) && cellpose3d.tiles.isQuiet && cellpose3d.slices.every(s => cellpose3d.tiles.labelsOf(0, s.plane, s.index).every(t => t.version === cellpose3d.store.labelVersion))");
            int z = await page.Get<int>("cellpose3d.slices[0].index");
            int[] shown = await page.Get<int[]>("[...cellpose3d.tiles.labelsOf(0, 'xy', cellpose3d.slices[0].index)[0].ids]");
            Assert.Equal(served.Session.Desk!.Frames[0].Voxels.AsSpan(z * 64 * 60, 64 * 60).ToArray().Select(v => (int)v), shown);
        }
    }

    // sets have no order
    private static JsonNode Sorted(JsonNode scene)
    {
        foreach (string set in (string[])["selected", "isolated", "hidden"])
            scene["labels"]![set] = new JsonArray([.. scene["labels"]![set]!.AsArray().Select(n => (long)n!).Order().Select(n => (JsonNode)n)]);
        return scene;
    }
}
