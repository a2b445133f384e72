package org.dyntrace.jmc.tab;

/** The console of a JVM that is no daemon. */
final class StrangerScenario implements Scenario {
    @Override
    public void act(Stage stage) {
        stage.screen().awaitText(Text.NO_DAEMON.of());
        stage.screen().awaitText(Text.NO_DAEMON_HINT.of());
        stage.picture("stranger");
    }
}
