// Shows that the day is ready, and opens Today when that is pressed. It keeps nothing, reads nothing and answers no request of the page.
self.addEventListener("push", (event) => {
  event.waitUntil(self.registration.showNotification("Your day is ready", { tag: "day", icon: "/mark.svg" }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/"));
});
